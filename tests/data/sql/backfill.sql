-- migrate:transaction off
ALTER TABLE orders ADD COLUMN total_cents bigint;
-- migrate:next statement_timeout 10min
UPDATE orders
   SET total_cents = (total * 100)::bigint
 WHERE total_cents IS NULL;
ALTER TABLE orders ADD CONSTRAINT total_cents_set CHECK (total_cents IS NOT NULL) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT total_cents_set;
  -- migrate:allow set-not-null
ALTER TABLE orders ALTER COLUMN total_cents SET NOT NULL;
ALTER TABLE orders
	-- migrate:allow inside a statement
	DROP CONSTRAINT total_cents_set;
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_total ON orders (total_cents); -- migrate:allow at the end
