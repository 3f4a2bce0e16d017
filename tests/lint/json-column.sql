-- transaction: off
CREATE TABLE a (id bigint PRIMARY KEY, body json); -- expect: json-column
ALTER TABLE b ADD COLUMN body json DEFAULT '{}'; -- expect: json-column
CREATE TABLE c (id bigint PRIMARY KEY, body jsonb);
