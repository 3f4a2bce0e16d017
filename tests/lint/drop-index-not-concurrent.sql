DROP INDEX orders_total; -- expect: drop-index-not-concurrent
DROP INDEX IF EXISTS app.orders_day, -- expect: drop-index-not-concurrent, drop-cascade
	orders_note CASCADE; -- expect: drop-index-not-concurrent, drop-cascade

-- Not an index, and one of a table that nobody uses yet.
DROP STATISTICS orders_stat;
CREATE TABLE items (id bigint, note text);
CREATE INDEX items_note ON items (note);
CREATE INDEX ON items (id);
DROP INDEX items_note;
DROP INDEX public.items_id_idx;
DROP INDEX other.items_id_idx; -- expect: drop-index-not-concurrent

-- file: V2__concurrently.sql
-- transaction: off
DROP INDEX CONCURRENTLY orders_total;

-- file: V3__partitioned.sql
-- applied: yes
CREATE TABLE events (day date) PARTITION BY RANGE (day);
CREATE INDEX events_day ON events (day);
-- file: V4__today.sql
DROP INDEX events_day; -- expect: drop-index-not-concurrent
