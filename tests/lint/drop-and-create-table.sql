-- phase: contract
DROP TABLE IF EXISTS orders;
CREATE TABLE orders (id bigint PRIMARY KEY); -- expect: drop-and-create-table
CREATE TABLE fresh (id bigint PRIMARY KEY);
DROP TABLE fresh;
CREATE TABLE fresh (id bigint PRIMARY KEY);
DROP TABLE archive.a;
CREATE TABLE public.a (id bigint PRIMARY KEY);
DROP TABLE copied;
CREATE TABLE copied AS SELECT 1 AS id; -- expect: drop-and-create-table
DROP VIEW shown;
CREATE TABLE shown (id bigint PRIMARY KEY);
