-- pg_version: 15
CREATE TABLE items (id int);
CREATE INDEX CONCURRENTLY items_id ON items (id); -- expect: concurrently-in-transaction
DROP INDEX CONCURRENTLY orders_total; -- expect: concurrently-in-transaction
REINDEX TABLE CONCURRENTLY orders; -- expect: concurrently-in-transaction
ALTER TABLE events DETACH PARTITION events_old CONCURRENTLY; -- expect: concurrently-in-transaction

-- These are allowed there.
REFRESH MATERIALIZED VIEW CONCURRENTLY seen;
REINDEX INDEX items_id;

-- file: V2__alone.sql
-- transaction: off
CREATE INDEX CONCURRENTLY orders_total ON orders (total);
DROP INDEX CONCURRENTLY orders_day;

-- file: V3__begin.sql
-- transaction: off
BEGIN; -- expect: transaction-in-file
CREATE INDEX CONCURRENTLY orders_note ON orders (note); -- expect: concurrently-in-transaction
COMMIT; -- expect: transaction-in-file
CREATE INDEX CONCURRENTLY orders_note ON orders (note);

-- file: V4__in_a_block.sql
-- transaction: off
DO $$
BEGIN
	CREATE INDEX CONCURRENTLY orders_note ON orders (note); -- expect: concurrently-in-transaction
END $$;
