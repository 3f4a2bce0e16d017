-- Step 5, as late as you like: the last one that can be taken back is the one before.
-- migrate:phase contract
-- migrate:irreversible the old column is gone
DROP FUNCTION users_write_both();
ALTER TABLE users DROP COLUMN name;
