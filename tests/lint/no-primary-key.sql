CREATE TABLE a (id bigint); -- expect: no-primary-key
CREATE TABLE b (id bigint UNIQUE); -- expect: no-primary-key
CREATE TABLE c (id bigint PRIMARY KEY);
CREATE TABLE d (x bigint, y bigint, PRIMARY KEY (x, y));
CREATE TABLE e (id bigint);
ALTER TABLE e ADD PRIMARY KEY (id);
CREATE TABLE f (LIKE c INCLUDING ALL);
CREATE TEMPORARY TABLE g (id bigint);
CREATE UNLOGGED TABLE h (id bigint);
CREATE TABLE i (id bigint);
DROP TABLE i;
CREATE TABLE j (at date PRIMARY KEY) PARTITION BY RANGE (at);
CREATE TABLE j1 PARTITION OF j FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE s.k (id bigint); -- expect: no-primary-key
CREATE TABLE t.k (id bigint PRIMARY KEY);
