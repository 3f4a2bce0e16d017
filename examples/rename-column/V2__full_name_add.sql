-- Step 1.  ALTER TABLE ... RENAME COLUMN would break the app that runs in the moment it commits.  So
-- there is a second column first.  Without a default it takes an instant, and the old app does not
-- see it.
-- migrate:phase expand
ALTER TABLE users ADD COLUMN full_name text;
