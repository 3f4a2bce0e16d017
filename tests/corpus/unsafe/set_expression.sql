-- hazard: set-expression
-- pg_version: 17
ALTER TABLE orders ALTER COLUMN total_cents SET EXPRESSION AS (total * 1000);
