-- applied: yes
CREATE TABLE orders (id bigint PRIMARY KEY, number text UNIQUE, room int, total int);
ALTER TABLE orders ADD CONSTRAINT orders_room EXCLUDE USING gist (room WITH =);
CREATE UNIQUE INDEX orders_total ON orders (total);

-- file: V2__today.sql
DROP INDEX orders_pkey; -- expect: drop-constraint-backing-index
DROP INDEX orders_number_key; -- expect: drop-constraint-backing-index
DROP INDEX orders_room; -- expect: drop-constraint-backing-index

-- file: V3__not_of_a_constraint.sql
-- transaction: off
DROP INDEX CONCURRENTLY orders_total;

-- file: V4__the_constraint_went_first.sql
CREATE TABLE items (id bigint CONSTRAINT items_key PRIMARY KEY);
DROP INDEX items_key; -- expect: drop-constraint-backing-index
ALTER TABLE items DROP CONSTRAINT items_key;
CREATE INDEX items_key ON items (id);
DROP INDEX items_key;
