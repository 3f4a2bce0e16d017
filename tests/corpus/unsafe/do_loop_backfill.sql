-- hazard: dml-unbounded, ddl-plus-backfill-same-tx
DO $$
BEGIN
    ALTER TABLE orders ADD COLUMN region text;
    UPDATE orders SET region = 'eu';
END
$$;
