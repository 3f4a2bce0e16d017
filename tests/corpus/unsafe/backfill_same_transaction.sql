-- hazard: ddl-plus-backfill-same-tx
ALTER TABLE orders ADD COLUMN region text;
UPDATE orders SET region = 'eu';
