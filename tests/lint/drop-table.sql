DROP TABLE orders; -- expect: drop-table
DROP TABLE IF EXISTS archive.a, -- expect: drop-table
	archive.b; -- expect: drop-table
DROP FOREIGN TABLE far; -- expect: drop-table
DROP VIEW totals; -- expect: drop-view
CREATE TABLE fresh (id bigint PRIMARY KEY);
DROP TABLE fresh;
CREATE TEMPORARY TABLE work (id bigint);
DROP TABLE work;
CREATE TABLE s1.a (id bigint PRIMARY KEY);
DROP TABLE s2.a; -- expect: drop-table
DO $$
BEGIN
	DROP TABLE customers; -- expect: drop-table
	EXECUTE 'DROP TABLE parts'; -- expect: drop-table
END
$$;

-- file: V2__later.sql
-- transaction: off
SAVEPOINT s;
CREATE TABLE undone (id bigint);
ROLLBACK TO s;
DROP TABLE orders_old; -- expect: drop-table

-- file: V3__contract.sql
-- phase: contract
DROP TABLE customers_old;

-- file: V4__irreversible.sql
-- irreversible: yes
DROP TABLE lines_old;

-- file: U4__lines.sql
DROP TABLE lines_new;
