-- hazard: enum-value-used-same-transaction
-- pg_version: 16
CREATE TYPE kind AS ENUM ('a');
ALTER TYPE kind ADD VALUE 'b' AFTER 'a';
CREATE TABLE things (id bigint PRIMARY KEY, kind kind);
INSERT INTO things VALUES (1, 'b');
