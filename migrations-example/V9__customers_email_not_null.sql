-- Step 4: the valid check proves it, so SET NOT NULL reads nothing (PostgreSQL 12 and later), and the
-- check has done its work.
-- migrate:phase contract
ALTER TABLE customers ALTER COLUMN email SET NOT NULL;
ALTER TABLE customers DROP CONSTRAINT customers_email_not_null;
