-- transaction: off
CREATE INDEX CONCURRENTLY orders_total ON orders (total);

-- lock_timeout: 5s
CREATE INDEX CONCURRENTLY orders_day ON orders (day); -- expect: concurrently-with-short-timeout
-- statement_timeout: 30s
DROP INDEX CONCURRENTLY orders_total; -- expect: concurrently-with-short-timeout
-- lock_timeout: 10min
REINDEX INDEX CONCURRENTLY orders_day;
-- lock_timeout: 0
REINDEX INDEX CONCURRENTLY orders_day;

-- The runner gives CONCURRENTLY a lock_timeout of its own, but no statement_timeout.
SET lock_timeout = '2s';
CREATE INDEX CONCURRENTLY orders_a ON orders (a);
SET statement_timeout = '1min';
CREATE INDEX CONCURRENTLY orders_b ON orders (b); -- expect: concurrently-with-short-timeout
RESET statement_timeout;
CREATE INDEX CONCURRENTLY orders_c ON orders (c);

-- file: V2__the_next_session.sql
-- transaction: off
CREATE INDEX CONCURRENTLY orders_d ON orders (d);

-- Neither the file's directive counts, where the runner has a longer one.
-- file: V3__directive.sql
-- transaction: off
-- whole_file_lock_timeout: 1s
CREATE INDEX CONCURRENTLY orders_e ON orders (e);
