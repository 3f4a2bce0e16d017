-- transaction: off
ALTER TABLE orders RENAME COLUMN total TO sum; -- expect: rename-column
ALTER TABLE orders RENAME a TO b; -- expect: rename-column
ALTER VIEW v RENAME COLUMN a TO b; -- expect: rename-column

ALTER TABLE orders RENAME CONSTRAINT a TO b;
ALTER TABLE orders ADD COLUMN c int;
ALTER TABLE orders RENAME COLUMN c TO d;
CREATE TABLE fresh (a int);
ALTER TABLE fresh RENAME COLUMN a TO b;
ALTER TYPE pair RENAME ATTRIBUTE a TO b;

-- file: U1__x.sql
ALTER TABLE orders RENAME COLUMN sum TO total;
