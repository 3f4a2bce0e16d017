-- hazard: set-not-null
-- migrate:transaction off
ALTER TABLE users VALIDATE CONSTRAINT users_age_check;
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
