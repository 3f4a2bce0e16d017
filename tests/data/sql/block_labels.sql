-- not for psql: to it every END ends a block
CREATE FUNCTION labels() RETURNS SETOF record STABLE BEGIN ATOMIC
	SELECT 1 AS end, t . end FROM t;
	VALUES (1. , CASE WHEN 1 > 0 THEN 1. END, 2);
END;
CREATE FUNCTION more_labels() RETURNS SETOF int BEGIN ATOMIC
	SELECT 2 AS case, 3 AS begin, t.case FROM t;
END;
SELECT 1;
