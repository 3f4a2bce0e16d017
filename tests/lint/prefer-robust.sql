CREATE TABLE a (id bigint PRIMARY KEY);

-- file: V2__each_by_itself.sql
-- transaction: off
CREATE TABLE b (id bigint PRIMARY KEY); -- expect: prefer-robust
CREATE TABLE IF NOT EXISTS c (id bigint PRIMARY KEY);
CREATE INDEX CONCURRENTLY b_id ON b (id);
DROP INDEX CONCURRENTLY b_id; -- expect: prefer-robust
DROP INDEX CONCURRENTLY IF EXISTS b_id;
ALTER TABLE b ADD COLUMN x int; -- expect: prefer-robust
ALTER TABLE b ADD COLUMN IF NOT EXISTS y int;
ALTER TABLE b DROP COLUMN x; -- expect: prefer-robust
CREATE SCHEMA s; -- expect: prefer-robust
