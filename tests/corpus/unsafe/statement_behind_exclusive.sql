-- hazard: statement-behind-access-exclusive, backfill-with-ddl
ALTER TABLE orders ADD COLUMN note text;
INSERT INTO audit SELECT * FROM orders;
