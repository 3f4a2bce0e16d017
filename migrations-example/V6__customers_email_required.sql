-- NOT NULL on a column that is in use, in four small steps.  All at once, ALTER TABLE ... SET NOT NULL
-- reads the whole table, and readers and writers wait for as long as that takes.
--
-- Step 1: from now on no row without an email comes in, so every app that runs must write one
-- already: deploy that first.  NOT VALID means that the rows which are there are not looked at, so
-- this takes a moment only.
ALTER TABLE customers
	ADD CONSTRAINT customers_email_not_null CHECK (email IS NOT NULL) NOT VALID;
