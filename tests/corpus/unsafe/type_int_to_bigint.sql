-- hazard: change-type-rewrite
ALTER TABLE orders ALTER COLUMN id TYPE bigint;
