-- hazard: none
-- migrate:transaction off
DROP INDEX CONCURRENTLY IF EXISTS orders_old_idx;
