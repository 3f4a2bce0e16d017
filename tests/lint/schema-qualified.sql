CREATE TABLE a (id bigint PRIMARY KEY); -- expect: schema-qualified
CREATE TABLE s.a (id bigint PRIMARY KEY);
CREATE INDEX a_id ON a (id); -- expect: schema-qualified
CREATE INDEX a_id ON s.a (id);
CREATE TEMPORARY TABLE work (id bigint);
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; -- expect: schema-qualified
DROP EXTENSION citext;
DROP TYPE color; -- expect: schema-qualified, contract-without-phase
