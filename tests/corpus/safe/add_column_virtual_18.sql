-- hazard: none
-- pg_version: 18
ALTER TABLE orders ADD COLUMN gross numeric GENERATED ALWAYS AS (net * 1.2) VIRTUAL;
