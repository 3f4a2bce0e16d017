-- hazard: reindex-not-concurrent
REINDEX TABLE orders;
