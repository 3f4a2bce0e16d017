-- transaction: off
ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email); -- expect: unique-constraint
ALTER TABLE users ADD UNIQUE (first, last); -- expect: unique-constraint
ALTER TABLE users ADD CONSTRAINT users_code_key UNIQUE USING INDEX users_code_key;
CREATE TABLE fresh (email text);
ALTER TABLE fresh ADD UNIQUE (email);
CREATE TABLE copied AS SELECT * FROM users;
ALTER TABLE copied ADD UNIQUE (email);
