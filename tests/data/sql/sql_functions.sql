CREATE FUNCTION one() RETURNS int LANGUAGE sql RETURN 1;
CREATE FUNCTION add(a int, b int DEFAULT 1) RETURNS int IMMUTABLE LANGUAGE SQL RETURN a + CASE WHEN b > 0 THEN b ELSE 0 END;

CREATE OR REPLACE FUNCTION insert_both(a int) RETURNS int
LANGUAGE sql
BEGIN ATOMIC
	INSERT INTO log VALUES (a, 'x;y');
	-- in between; a comment
	SELECT CASE a WHEN 1 THEN (CASE WHEN true THEN 2 END) ELSE 3 END FROM t;
	SELECT a + 1;
END;

create or replace procedure clean(days int)
begin atomic
	delete from log where at < now() - make_interval(days => days);
	/* and ; the rest */
	update stats set n = 0 where name = $$a;b$$;
end;

CREATE PROCEDURE nothing() BEGIN ATOMIC END;
CREATE FUNCTION keywords() RETURNS TABLE (a int, b int) BEGIN ATOMIC SELECT t."end", t."begin" FROM weekend t WHERE "case" = 'END;'; END;
CREATE FUNCTION labels() RETURNS SETOF record STABLE BEGIN ATOMIC
	SELECT 1 AS "end", t."end", t."begin" FROM t;
	VALUES (1. , CASE WHEN 1 > 0 THEN 1. END, 2);
END;

CREATE FUNCTION old_style(int) RETURNS int AS 'SELECT $1 + 1; SELECT $1;' LANGUAGE sql;
CREATE FUNCTION dollars(text, text) RETURNS text LANGUAGE sql AS $$ SELECT $1 || ';' || $2; $$;
CREATE FUNCTION c_function(cstring) RETURNS int AS '$libdir/module', 'symbol;name' LANGUAGE C STRICT;
CREATE FUNCTION begin_at(t timestamptz) RETURNS date LANGUAGE sql AS 'SELECT t::date';
SELECT one(), add(1), add(a => 1, b := 2);
BEGIN;
SELECT insert_both(1);
END;
