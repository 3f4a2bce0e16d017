CREATE TABLE a (
	id bigint PRIMARY KEY,
	n varchar(20), -- expect: prefer-text
	m varchar,
	t text
);
ALTER TABLE a ADD COLUMN o character varying(5); -- expect: prefer-text
