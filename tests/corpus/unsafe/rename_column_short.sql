-- hazard: rename-column
ALTER TABLE users RENAME email TO mail;
