CREATE TABLE a (
	id int PRIMARY KEY, -- expect: prefer-bigint
	n smallint, -- expect: prefer-bigint
	s serial, -- expect: prefer-bigint
	b bigint
);
ALTER TABLE a ADD COLUMN m integer; -- expect: prefer-bigint
CREATE TEMPORARY TABLE work (n int);
