-- pg_version: 14.2
-- transaction: off
CREATE INDEX CONCURRENTLY orders_total ON orders (total); -- expect: concurrently-corrupts
REINDEX TABLE CONCURRENTLY orders; -- expect: concurrently-corrupts
DROP INDEX CONCURRENTLY orders_day;

-- pg_version: 14.4
-- transaction: off
CREATE INDEX CONCURRENTLY orders_total ON orders (total);

-- Offline 14 is any of them.
-- pg_version: 14
-- transaction: off
CREATE INDEX CONCURRENTLY orders_total ON orders (total);

-- pg_version: 15.1
-- transaction: off
CREATE INDEX CONCURRENTLY orders_total ON orders (total);
