VACUUM orders; -- expect: refused-in-transaction
ALTER SYSTEM SET work_mem = '1GB'; -- expect: refused-in-transaction
CREATE DATABASE other; -- expect: refused-in-transaction
ANALYZE orders;

-- file: V2__alone.sql
-- transaction: off
VACUUM orders;
ALTER SYSTEM SET work_mem = '1GB';
