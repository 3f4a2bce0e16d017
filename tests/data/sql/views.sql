CREATE VIEW active AS SELECT * FROM users WHERE active;
CREATE OR REPLACE VIEW shop.totals (customer, total) WITH (security_barrier, security_invoker = true) AS
	SELECT c.name, sum(o.total) -- all of them; even the cancelled
	FROM customers c LEFT JOIN orders o USING (customer_id)
	GROUP BY 1
	HAVING sum(o.total) > 100
WITH LOCAL CHECK OPTION;
CREATE TEMP VIEW t AS VALUES (1, 'a;'), (2, 'b');
CREATE RECURSIVE VIEW numbers (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM numbers WHERE n < 100;
CREATE VIEW tree AS
WITH RECURSIVE r (id, parent, path, depth) AS (
	SELECT id, parent, ARRAY[id], 1 FROM nodes WHERE parent IS NULL
	UNION ALL
	SELECT n.id, n.parent, r.path || n.id, r.depth + 1 FROM nodes n JOIN r ON n.parent = r.id
	WHERE NOT n.id = ANY (r.path)
)
SELECT repeat('  ', depth - 1) || id::text AS line, CASE WHEN depth > 3 THEN 'deep;' ELSE 'flat' END AS "end" FROM r;
ALTER VIEW active ALTER COLUMN name SET DEFAULT 'x;y';
ALTER VIEW IF EXISTS active RENAME TO living;
ALTER VIEW living SET (security_barrier = false);
CREATE MATERIALIZED VIEW sales AS
	SELECT date_trunc('month', at) AS month, count(*), sum(total) FROM orders GROUP BY ROLLUP (1)
WITH NO DATA;
CREATE UNIQUE INDEX ON sales (month);
REFRESH MATERIALIZED VIEW CONCURRENTLY sales;
REFRESH MATERIALIZED VIEW sales WITH NO DATA;
ALTER MATERIALIZED VIEW sales SET SCHEMA reports;
DROP MATERIALIZED VIEW IF EXISTS sales;
DROP VIEW living, tree CASCADE;
