SET lock_timeout = 0; -- expect: lock-timeout-too-long
ALTER TABLE orders ADD COLUMN note text;
SET lock_timeout = '1min'; -- expect: lock-timeout-too-long
ALTER TABLE orders ADD COLUMN day date;
SET LOCAL lock_timeout = '2s';
ALTER TABLE orders ADD COLUMN a int;
-- lock_timeout: 0
ALTER TABLE orders ADD COLUMN b int; -- expect: lock-timeout-too-long
-- lock_timeout: 1s
ALTER TABLE orders ADD COLUMN c int;

-- file: V2__nothing_waits.sql
SET lock_timeout = 0;
SET statement_timeout = 0;
CREATE TABLE fresh (id int);
ALTER TABLE fresh ADD COLUMN a int;
COMMENT ON TABLE orders IS 'what was ordered';

-- file: V3__concurrently.sql
-- transaction: off
SET lock_timeout = 0;
CREATE INDEX CONCURRENTLY orders_total ON orders (total);

-- file: V4__for_the_whole_file.sql
-- whole_file_lock_timeout: 0
ALTER TABLE orders ADD COLUMN d int; -- expect: lock-timeout-too-long
SET lock_timeout = '1s';
ALTER TABLE orders ADD COLUMN e int;
