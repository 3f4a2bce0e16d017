-- hazard: concurrently-with-short-timeout
-- migrate:transaction off
-- migrate:next lock_timeout 1s
REINDEX INDEX CONCURRENTLY orders_status_idx;
