-- hazard: concurrently-in-transaction
ALTER TABLE orders ADD COLUMN note text;
DROP INDEX CONCURRENTLY orders_old_idx;
