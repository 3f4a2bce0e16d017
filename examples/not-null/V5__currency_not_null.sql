-- The valid check proves it, so SET NOT NULL reads nothing, and the check has done its work.
-- migrate:phase contract
ALTER TABLE payments ALTER COLUMN currency SET NOT NULL;
ALTER TABLE payments DROP CONSTRAINT payments_currency_not_null;
