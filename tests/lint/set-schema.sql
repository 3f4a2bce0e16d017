ALTER TABLE users SET SCHEMA auth; -- expect: set-schema
ALTER VIEW totals SET SCHEMA reports; -- expect: set-schema
CREATE TABLE fresh (id bigint PRIMARY KEY);
ALTER TABLE fresh SET SCHEMA auth;
ALTER FUNCTION f(int) SET SCHEMA auth; -- expect: contract-without-phase
ALTER SEQUENCE numbers SET SCHEMA auth; -- expect: contract-without-phase

-- file: V2__with_a_view.sql
ALTER TABLE parts SET SCHEMA stock;
CREATE VIEW parts AS SELECT * FROM stock.parts;
