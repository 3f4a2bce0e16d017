-- hazard: index-replaced-drop-first
-- migrate:transaction off
DROP INDEX CONCURRENTLY orders_status_idx;
CREATE INDEX CONCURRENTLY orders_status_created_idx ON orders (status, created_at);
