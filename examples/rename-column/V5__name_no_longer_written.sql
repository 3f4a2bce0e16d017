-- Step 4.  The old app is gone, the new one knows "full_name" only: nobody needs both any more.
-- migrate:phase contract
DROP TRIGGER users_write_both ON users;
-- migrate:allow drop-not-null the app that read it is gone
ALTER TABLE users ALTER COLUMN name DROP NOT NULL;
