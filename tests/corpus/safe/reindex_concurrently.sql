-- hazard: none
REINDEX INDEX CONCURRENTLY orders_status_idx;
