CREATE TABLE a (id bigint PRIMARY KEY, at date) PARTITION BY RANGE (at); -- expect: partition-key-not-in-pk
CREATE TABLE b (id bigint, at date, code text, PRIMARY KEY (id, at),
	UNIQUE (code)) PARTITION BY RANGE (at); -- expect: partition-key-not-in-pk
CREATE TABLE c (id bigint, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE UNIQUE INDEX c_id ON c (id); -- expect: partition-key-not-in-pk
CREATE UNIQUE INDEX c_at_id ON c (at, id);
CREATE INDEX c_plain ON c (id);
ALTER TABLE c ADD UNIQUE (id); -- expect: partition-key-not-in-pk
CREATE TABLE d (id bigint, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (lower(at::text)); -- expect: partition-key-not-in-pk
CREATE TABLE e (id bigint PRIMARY KEY, at date);
