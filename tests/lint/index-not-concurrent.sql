CREATE INDEX orders_total ON orders (total); -- expect: index-not-concurrent
CREATE UNIQUE INDEX ON app.orders (total) WHERE total > 0; -- expect: index-not-concurrent
CREATE INDEX IF NOT EXISTS orders_total ON orders (total); -- expect: index-not-concurrent

-- A new table has neither rows nor users, and one of another schema is another one.
CREATE TABLE items (id bigint PRIMARY KEY, note text, day date, total int);
CREATE INDEX items_note ON items (note);
CREATE INDEX ON public.items (day);
CREATE INDEX ON other.items (note); -- expect: index-not-concurrent
CREATE TABLE copy AS SELECT 1 AS id;
CREATE INDEX ON copy (id);
CREATE MATERIALIZED VIEW seen AS SELECT 1 AS id;
CREATE INDEX ON seen (id);
CREATE TEMP TABLE orders (id int);
CREATE INDEX ON orders (id);

-- Here the table is made, and there it is old.
SAVEPOINT s;
CREATE TABLE late (id int);
CREATE INDEX ON late (id);
ROLLBACK TO s;
CREATE INDEX ON late (id); -- expect: index-not-concurrent

-- file: V2__an_earlier_file_made_it.sql
CREATE INDEX ON items (total);
DROP TABLE items;
CREATE INDEX ON items (id); -- expect: index-not-concurrent

-- file: V3__renamed.sql
ALTER TABLE public.orders RENAME TO orders_old; -- expect: rename-table
CREATE TABLE public.orders (id int);
CREATE INDEX ON orders (id);
CREATE INDEX ON orders_old (id); -- expect: index-not-concurrent

-- file: V4__search_path.sql
SET search_path = app;
CREATE INDEX ON orders (id); -- expect: index-not-concurrent
CREATE TABLE orders (id int);
CREATE INDEX ON app.orders (id);

-- file: V5__concurrently.sql
-- transaction: off
CREATE INDEX CONCURRENTLY orders_id ON big (id);
CREATE INDEX ON ONLY big (id);

-- file: V6__long_ago.sql
-- applied: yes
CREATE TABLE aged (id int);
-- file: V7__today.sql
CREATE INDEX ON aged (id); -- expect: index-not-concurrent

-- file: V8__in_a_block.sql
DO $$
BEGIN
	CREATE INDEX by_day ON big (day); -- expect: index-not-concurrent
END $$;
