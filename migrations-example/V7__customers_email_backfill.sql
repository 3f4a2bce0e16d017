-- Step 2: give the old rows a value.  A big table is done in batches, each in a transaction of its
-- own; three rows are not a big table.
UPDATE customers SET email = 'customer-' || id || '@invalid.example' WHERE email IS NULL;
