CREATE TABLE a (
	id bigint PRIMARY KEY,
	x char, -- expect: char-column
	y character(3), -- expect: char-column
	z "char",
	t text
);
ALTER TABLE a ADD COLUMN o char(2); -- expect: char-column
