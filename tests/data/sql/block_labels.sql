-- not for psql: to it every END ends a block
CREATE FUNCTION labels() RETURNS SETOF record STABLE BEGIN ATOMIC
	SELECT 1 AS end, 2 AS case, t.end, t . begin FROM t;
	VALUES (1. , CASE WHEN 1 > 0 THEN 1. END, 2);
END;
SELECT 1;
