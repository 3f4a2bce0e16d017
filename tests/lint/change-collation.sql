-- transaction: off
ALTER TABLE users ADD COLUMN name text;
CREATE INDEX CONCURRENTLY users_name ON users (name);
ALTER TABLE users ALTER COLUMN name TYPE text COLLATE "C"; -- expect: change-collation
CREATE TABLE fresh (name text);
CREATE INDEX fresh_name ON fresh (name);
ALTER TABLE fresh ALTER COLUMN name TYPE text COLLATE "C";
