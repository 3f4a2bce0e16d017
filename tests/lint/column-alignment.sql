CREATE TABLE a (x bool, id bigint PRIMARY KEY, y bool, at timestamptz); -- expect: column-alignment
CREATE TABLE b (id bigint PRIMARY KEY, at timestamptz, x bool, y bool);
CREATE TABLE c (x bool, t text, id bigint PRIMARY KEY);
CREATE TABLE d (x int, id bigint PRIMARY KEY);
CREATE TABLE e (x int[], id bigint PRIMARY KEY, y int[], z bigint);
