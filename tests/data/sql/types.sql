CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'happy; very');
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'grim' BEFORE 'sad';
ALTER TYPE mood RENAME VALUE 'grim' TO 'gloomy';
CREATE TYPE address AS (street text COLLATE "C", zip char(5), "end" int);
ALTER TYPE address ADD ATTRIBUTE city text CASCADE, DROP ATTRIBUTE IF EXISTS zip, ALTER ATTRIBUTE street TYPE varchar(99);
ALTER TYPE address RENAME ATTRIBUTE city TO town;
ALTER TYPE address OWNER TO postgres;
CREATE TYPE floatrange AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = float8mi, MULTIRANGE_TYPE_NAME = floats);
CREATE TYPE shell;
CREATE TYPE box3 (
	INPUT = box3_in, OUTPUT = box3_out, INTERNALLENGTH = 24, ALIGNMENT = double, STORAGE = plain
);
DROP TYPE IF EXISTS shell, box3 CASCADE;

CREATE DOMAIN email AS text
	CONSTRAINT has_at CHECK (VALUE ~ '^[^@;]+@[^@;]+$')
	NOT NULL;
CREATE DOMAIN positive int DEFAULT 1 CHECK (VALUE > 0);
ALTER DOMAIN email ADD CONSTRAINT short CHECK (length(VALUE) < 255) NOT VALID;
ALTER DOMAIN email VALIDATE CONSTRAINT short;
ALTER DOMAIN email DROP CONSTRAINT IF EXISTS has_at;
ALTER DOMAIN positive SET DEFAULT 2;
ALTER DOMAIN positive DROP NOT NULL;
DROP DOMAIN positive RESTRICT;
CREATE COLLATION german (provider = icu, locale = 'de-u-co-phonebk', deterministic = false);
CREATE COLLATION IF NOT EXISTS plain FROM "C";
ALTER COLLATION german REFRESH VERSION;
CREATE CONVERSION myconv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE CAST (bigint AS mood) WITH FUNCTION to_mood(bigint) AS ASSIGNMENT;
CREATE CAST (text AS address) WITH INOUT AS IMPLICIT;
DROP CAST IF EXISTS (text AS address);
CREATE TRANSFORM FOR hstore LANGUAGE plperl (FROM SQL WITH FUNCTION h_to_pl(internal), TO SQL WITH FUNCTION pl_to_h(internal));
