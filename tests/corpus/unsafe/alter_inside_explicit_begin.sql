-- hazard: set-not-null
BEGIN;
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
COMMIT;
