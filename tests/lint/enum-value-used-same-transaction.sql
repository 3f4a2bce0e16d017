ALTER TYPE color ADD VALUE 'green';
INSERT INTO cars (paint) VALUES ('green'); -- expect: enum-value-used-same-transaction
SELECT 'green'::color; -- expect: enum-value-used-same-transaction
DO $$ BEGIN PERFORM 1 FROM cars WHERE paint = 'green'; END $$; -- expect: enum-value-used-same-transaction
INSERT INTO cars (paint) VALUES ('red');
COMMENT ON TYPE color IS 'green';

-- No column here is of that type.
CREATE TABLE notes (note text DEFAULT 'green');
INSERT INTO notes VALUES ('green');
CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 'green'; END $$;
CREATE TABLE bikes (paint color DEFAULT 'green'); -- expect: enum-value-used-same-transaction
INSERT INTO bikes VALUES ('green'); -- expect: enum-value-used-same-transaction

-- file: V2__the_next_file.sql
INSERT INTO cars (paint) VALUES ('green');

-- file: V3__each_alone.sql
-- transaction: off
ALTER TYPE color ADD VALUE 'blue';
INSERT INTO cars (paint) VALUES ('blue');

-- file: V4__new_type.sql
CREATE TYPE size AS ENUM ('S');
ALTER TYPE size ADD VALUE 'M';
SELECT 'M'::size; -- expect: enum-value-used-same-transaction

-- pg_version: 17
CREATE TYPE size AS ENUM ('S');
ALTER TYPE size ADD VALUE 'M';
SELECT 'M'::size;
ALTER TYPE color ADD VALUE 'green';
SELECT 'green'::color; -- expect: enum-value-used-same-transaction
