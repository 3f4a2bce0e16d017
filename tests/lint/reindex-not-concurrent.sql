REINDEX INDEX orders_total; -- expect: reindex-not-concurrent
REINDEX (VERBOSE) TABLE app.orders; -- expect: reindex-not-concurrent
CREATE TABLE items (id bigint PRIMARY KEY);
REINDEX TABLE items;
REINDEX INDEX items_pkey;

-- file: V2__alone.sql
-- transaction: off
REINDEX SCHEMA app; -- expect: reindex-not-concurrent
REINDEX DATABASE app; -- expect: reindex-not-concurrent
REINDEX SYSTEM app;
REINDEX INDEX CONCURRENTLY orders_total;
REINDEX (CONCURRENTLY) TABLE orders;
REINDEX (VERBOSE, CONCURRENTLY OFF) TABLE orders; -- expect: reindex-not-concurrent
