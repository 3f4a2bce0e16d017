-- hazard: set-not-null
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
ALTER TABLE users RENAME CONSTRAINT a TO b;
CREATE TABLE users_archive (id bigint PRIMARY KEY);
