-- transaction: off
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_total ON orders (total); -- expect: concurrent-if-not-exists-invalid
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "Total" ON app.orders USING btree (total) WITH (fillfactor = 70); -- expect: concurrent-if-not-exists-invalid
CREATE INDEX CONCURRENTLY orders_day ON orders (day);
DROP INDEX CONCURRENTLY IF EXISTS orders_total;

-- file: V2__new_table.sql
CREATE TABLE items (id bigint);
CREATE INDEX IF NOT EXISTS items_id ON items (id);
