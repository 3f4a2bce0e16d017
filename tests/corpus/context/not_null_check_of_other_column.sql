-- hazard: set-not-null
-- migrate:transaction off
ALTER TABLE users ADD CONSTRAINT users_name_present CHECK (name IS NOT NULL) NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT users_name_present;
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
