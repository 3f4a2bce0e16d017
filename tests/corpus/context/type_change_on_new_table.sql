-- hazard: none
CREATE TABLE users (id integer PRIMARY KEY);
ALTER TABLE users ALTER COLUMN id TYPE bigint;
