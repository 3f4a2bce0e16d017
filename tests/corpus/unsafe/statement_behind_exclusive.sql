-- hazard: statement-while-holding-AE, ddl-plus-backfill-same-tx
ALTER TABLE orders ADD COLUMN note text;
INSERT INTO audit SELECT * FROM orders;
