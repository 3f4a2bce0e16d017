-- transaction: off
ALTER TABLE users ADD COLUMN email text UNIQUE; -- expect: unique-inline-on-add-column
ALTER TABLE users ADD COLUMN code text CONSTRAINT users_code_key UNIQUE; -- expect: unique-inline-on-add-column
ALTER TABLE users ADD COLUMN name text;
CREATE TABLE fresh (id bigint PRIMARY KEY);
ALTER TABLE fresh ADD COLUMN email text UNIQUE;
