ALTER TABLE orders ADD COLUMN note text;
ALTER TABLE items VALIDATE CONSTRAINT items_total; -- expect: statement-behind-access-exclusive
CREATE TABLE copy AS SELECT * FROM items; -- expect: statement-behind-access-exclusive
CREATE MATERIALIZED VIEW totals AS SELECT sum(total) FROM items WITH NO DATA;

-- What is new has no rows.
CREATE TABLE fresh (id int);
CREATE INDEX fresh_id ON fresh (id);
CREATE TABLE fresh2 AS SELECT * FROM fresh;
ALTER TABLE fresh ALTER COLUMN id SET NOT NULL;

-- file: V2__before_it.sql
ALTER TABLE items VALIDATE CONSTRAINT items_total;
ALTER TABLE orders ADD COLUMN day date;

-- file: V3__each_alone.sql
-- transaction: off
ALTER TABLE orders ADD COLUMN day date;
ALTER TABLE items VALIDATE CONSTRAINT items_total;

-- file: V4__a_lighter_lock.sql
ALTER TABLE orders VALIDATE CONSTRAINT orders_total;
ALTER TABLE items VALIDATE CONSTRAINT items_total;
