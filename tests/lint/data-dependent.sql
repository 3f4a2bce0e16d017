-- transaction: off
CREATE UNIQUE INDEX CONCURRENTLY users_email ON users (lower(email)) WHERE email <> ''; -- expect: data-dependent
ALTER TABLE users ADD CONSTRAINT users_code UNIQUE (code); -- expect: data-dependent, unique-constraint
ALTER TABLE users ADD PRIMARY KEY (id); -- expect: data-dependent, primary-key
ALTER TABLE users ALTER COLUMN name SET NOT NULL; -- expect: data-dependent, set-not-null
CREATE INDEX CONCURRENTLY users_name ON users (name);
ALTER TABLE users ADD CONSTRAINT users_email UNIQUE USING INDEX users_email;
CREATE TABLE fresh (id bigint);
CREATE UNIQUE INDEX fresh_id ON fresh (id);
