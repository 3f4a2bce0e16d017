-- What the file that made the table said is known later, too.
-- file: V1__made.sql
-- applied: yes
CREATE DOMAIN small AS int;
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TABLE t (
	a int, a2 int, a3 int, b text, b2 text, b3 text, c varchar(10), c2 varchar(10), c3 varchar(10),
	d numeric(10, 2), d2 numeric(10, 2), d3 numeric(10, 2), e timestamptz(3), e2 timestamptz(3),
	ts timestamp, ts2 timestamp, t3 time(3), iv interval(3), vb varbit(8), ip cidr, ch char(5),
	ch2 char(5), sm smallint, j jsonb, dd small, ee mood, same int);

-- file: V2__changed.sql
-- transaction: off
ALTER TABLE t ALTER COLUMN a TYPE bigint; -- expect: change-type-rewrite
ALTER TABLE t ALTER COLUMN sm TYPE int; -- expect: change-type-rewrite
ALTER TABLE t ALTER COLUMN b TYPE int USING b::int; -- expect: change-type-rewrite
ALTER TABLE t ALTER COLUMN b2 TYPE varchar(100); -- expect: change-type-rewrite, type-narrowing
ALTER TABLE t ALTER COLUMN c TYPE varchar(8); -- expect: change-type-rewrite, type-narrowing
ALTER TABLE t ALTER COLUMN d TYPE numeric(12, 4); -- expect: change-type-rewrite
ALTER TABLE t ALTER COLUMN ch TYPE text; -- expect: change-type-rewrite
ALTER TABLE t ALTER COLUMN ch2 TYPE char(8); -- expect: change-type-rewrite
ALTER TABLE t ALTER COLUMN j TYPE text; -- expect: change-type-rewrite
ALTER TABLE t ALTER COLUMN ee TYPE text; -- expect: change-type-rewrite
ALTER TABLE t ALTER COLUMN a2 TYPE positive; -- expect: change-type-rewrite
SET timezone = 'Europe/Oslo';
ALTER TABLE t ALTER COLUMN ts TYPE timestamptz; -- expect: change-type-rewrite

-- The seventeen changes that write nothing.
ALTER TABLE t ALTER COLUMN c2 TYPE varchar(20);
ALTER TABLE t ALTER COLUMN c2 TYPE varchar;
ALTER TABLE t ALTER COLUMN c3 TYPE text;
ALTER TABLE t ALTER COLUMN b3 TYPE varchar;
ALTER TABLE t ALTER COLUMN d2 TYPE numeric(12, 2);
ALTER TABLE t ALTER COLUMN d3 TYPE numeric;
ALTER TABLE t ALTER COLUMN e TYPE timestamptz(6);
ALTER TABLE t ALTER COLUMN e2 TYPE timestamptz;
ALTER TABLE t ALTER COLUMN t3 TYPE time(6);
ALTER TABLE t ALTER COLUMN iv TYPE interval(6);
ALTER TABLE t ALTER COLUMN vb TYPE varbit(16);
ALTER TABLE t ALTER COLUMN ip TYPE inet;
ALTER TABLE t ALTER COLUMN dd TYPE int;
ALTER TABLE t ALTER COLUMN a3 TYPE small;
ALTER TABLE t ALTER COLUMN same TYPE int;
ALTER TABLE t ALTER COLUMN same TYPE int USING same::int;
ALTER TABLE t ALTER COLUMN b3 TYPE text COLLATE "C";
SET timezone = 'UTC';
ALTER TABLE t ALTER COLUMN ts2 TYPE timestamptz;
CREATE TABLE fresh (a int);
ALTER TABLE fresh ALTER COLUMN a TYPE bigint;
