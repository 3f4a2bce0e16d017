-- hazard: dml-unbounded, backfill-with-ddl
DO $$
BEGIN
    ALTER TABLE orders ADD COLUMN region text;
    UPDATE orders SET region = 'eu';
END
$$;
