-- hazard: change-type-rewrite
ALTER TABLE logs ALTER COLUMN at SET DATA TYPE timestamptz USING at::timestamptz;
