-- hazard: none
-- pg_version: 17
CREATE TYPE kind AS ENUM ('a');
ALTER TYPE kind ADD VALUE 'b';
CREATE TABLE things (id bigint PRIMARY KEY, kind kind DEFAULT 'b');
