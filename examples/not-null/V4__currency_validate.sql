-- All rows are read, while readers and writers go on (SHARE UPDATE EXCLUSIVE).
-- migrate:phase backfill
ALTER TABLE payments VALIDATE CONSTRAINT payments_currency_not_null;
