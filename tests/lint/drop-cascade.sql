-- phase: contract
DROP TABLE customers CASCADE; -- expect: drop-cascade
DROP VIEW totals CASCADE; -- expect: drop-cascade
DROP FUNCTION f(int) CASCADE; -- expect: drop-cascade
ALTER TABLE orders DROP CONSTRAINT orders_code_key CASCADE; -- expect: drop-cascade
ALTER TABLE orders DROP COLUMN note CASCADE; -- expect: drop-cascade
DROP TABLE customers_old;
DROP TABLE parts RESTRICT;
CREATE TABLE fresh (id bigint PRIMARY KEY);
DROP TABLE fresh CASCADE;
CREATE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT 1';
DROP FUNCTION g() CASCADE;
DROP TRIGGER touch ON fresh CASCADE;
DROP EXTENSION citext CASCADE; -- expect: drop-cascade
