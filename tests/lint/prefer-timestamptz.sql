CREATE TABLE a (
	id bigint PRIMARY KEY,
	x timestamp, -- expect: prefer-timestamptz
	y timestamp(3) without time zone, -- expect: prefer-timestamptz
	z timestamptz
);
ALTER TABLE a ADD COLUMN o timestamp; -- expect: prefer-timestamptz
