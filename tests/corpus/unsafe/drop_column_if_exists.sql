-- hazard: drop-column
ALTER TABLE IF EXISTS users DROP COLUMN IF EXISTS legacy_name CASCADE;
