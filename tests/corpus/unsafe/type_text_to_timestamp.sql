-- hazard: change-type-rewrite, change-type-may-rewrite
ALTER TABLE logs ALTER COLUMN at SET DATA TYPE timestamptz USING at::timestamptz;
