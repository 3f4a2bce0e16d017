-- Step 3: look at all rows.  Readers and writers go on meanwhile (SHARE UPDATE EXCLUSIVE).
-- "migrate up --phase backfill" runs steps 2 and 3 beside the app, "--phase expand" before its rollout
-- holds them back.
-- migrate:phase backfill
ALTER TABLE customers VALIDATE CONSTRAINT customers_email_not_null;
