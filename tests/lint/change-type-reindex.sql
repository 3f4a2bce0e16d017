-- transaction: off
SET timezone = 'UTC';
ALTER TABLE orders ADD COLUMN at timestamp;
CREATE INDEX CONCURRENTLY orders_at ON orders (at);
ALTER TABLE orders ALTER COLUMN at TYPE timestamptz; -- expect: change-type-reindex
ALTER TABLE orders ADD COLUMN note varchar(10);
CREATE INDEX CONCURRENTLY orders_note ON orders (note);
ALTER TABLE orders ALTER COLUMN note TYPE text;
