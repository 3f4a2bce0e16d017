-- pg_version: 18
ALTER TABLE orders ALTER COLUMN gross SET EXPRESSION AS (net * 1.2); -- expect: set-expression
ALTER TABLE orders ADD COLUMN half numeric GENERATED ALWAYS AS (net / 2) VIRTUAL;
ALTER TABLE orders ALTER COLUMN half SET EXPRESSION AS (net / 2.0);
CREATE TABLE fresh (net numeric, gross numeric GENERATED ALWAYS AS (net * 1.19) STORED);
ALTER TABLE fresh ALTER COLUMN gross SET EXPRESSION AS (net * 1.2);

-- pg_version: 17
ALTER TABLE orders ALTER COLUMN gross SET EXPRESSION AS (net * 1.2); -- expect: set-expression
