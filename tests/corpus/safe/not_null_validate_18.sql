-- hazard: none
-- pg_version: 18
ALTER TABLE users VALIDATE CONSTRAINT users_email_not_null;
