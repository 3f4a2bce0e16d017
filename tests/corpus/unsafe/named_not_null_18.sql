-- hazard: named-not-null
-- pg_version: 18
ALTER TABLE users ADD CONSTRAINT users_email_not_null NOT NULL email;
