-- hazard: reindex-not-concurrent
REINDEX INDEX orders_pkey;
