-- transaction: off
ALTER TABLE orders ADD COLUMN code varchar(10);
ALTER TABLE orders ADD COLUMN name varchar(10);
ALTER TABLE orders ADD CONSTRAINT code_check CHECK (length(code) > 2) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT code_check;
ALTER TABLE orders ALTER COLUMN code TYPE varchar(20); -- expect: change-type-with-check
ALTER TABLE orders ALTER COLUMN name TYPE varchar(20);
ALTER TABLE orders DROP CONSTRAINT code_check;
ALTER TABLE orders ALTER COLUMN code TYPE varchar(30);
ALTER TABLE orders ADD CONSTRAINT text_check CHECK (name <> 'code') NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT text_check;
ALTER TABLE orders ALTER COLUMN code TYPE varchar(40);
CREATE TABLE fresh (code varchar(10) CHECK (length(code) > 2));
ALTER TABLE fresh ALTER COLUMN code TYPE varchar(20);
