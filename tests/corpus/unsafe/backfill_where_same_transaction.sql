-- hazard: backfill-with-ddl
ALTER TABLE orders ADD COLUMN region text;
UPDATE orders SET region = country_to_region(country) WHERE region IS NULL;
