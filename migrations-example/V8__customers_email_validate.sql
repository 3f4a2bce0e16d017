-- Step 3: look at all rows.  Readers and writers go on meanwhile (SHARE UPDATE EXCLUSIVE).
ALTER TABLE customers VALIDATE CONSTRAINT customers_email_not_null;
