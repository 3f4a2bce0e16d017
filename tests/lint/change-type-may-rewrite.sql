-- transaction: off
ALTER TABLE orders ALTER COLUMN a TYPE varchar(20); -- expect: change-type-may-rewrite
ALTER TABLE orders ALTER COLUMN b TYPE numeric(10, 2); -- expect: change-type-may-rewrite
ALTER TABLE orders ALTER COLUMN c TYPE text; -- expect: change-type-may-rewrite

-- Now it is known.
ALTER TABLE orders ALTER COLUMN a TYPE varchar(30);
ALTER TABLE orders ALTER COLUMN c TYPE varchar;
CREATE TABLE fresh (a int);
ALTER TABLE fresh ALTER COLUMN a TYPE bigint;

-- It depends on the time zone of the session.
ALTER TABLE orders ADD COLUMN at timestamp;
ALTER TABLE orders ALTER COLUMN at TYPE timestamptz; -- expect: change-type-may-rewrite

-- What no other type becomes without a rewrite is certain.
ALTER TABLE lines ALTER COLUMN id TYPE bigint; -- expect: change-type-rewrite
ALTER TABLE lines ALTER COLUMN body TYPE jsonb; -- expect: change-type-rewrite
ALTER TABLE lines ALTER COLUMN price TYPE text USING price::text; -- expect: change-type-may-rewrite
ALTER TABLE lines ALTER COLUMN name TYPE text USING upper(name); -- expect: change-type-rewrite
