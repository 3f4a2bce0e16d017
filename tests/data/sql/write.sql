INSERT INTO t DEFAULT VALUES;
INSERT INTO t (a, b) VALUES (1, 'x;'), (2, E'y\';'), (3, $$z;$$);
INSERT INTO t AS target (a, b) OVERRIDING SYSTEM VALUE SELECT a, b FROM s WHERE c = 'it''s;' RETURNING id, a AS "A;";
INSERT INTO t (a) VALUES (1) ON CONFLICT DO NOTHING;
INSERT INTO t (a, b) VALUES (1, 2)
	ON CONFLICT (a, lower(b) COLLATE "C") WHERE a > 0 -- which one; this one
	DO UPDATE SET b = EXCLUDED.b || ';', n = t.n + 1 WHERE t.b IS DISTINCT FROM EXCLUDED.b
	RETURNING (xmax = 0) AS inserted;
INSERT INTO t VALUES (1) ON CONFLICT ON CONSTRAINT t_pkey DO UPDATE SET (a, b) = (SELECT 1, 2);
WITH moved AS (DELETE FROM a WHERE x < 10 RETURNING *) INSERT INTO b SELECT * FROM moved;
INSERT INTO arrays (a[1], b.c) VALUES ('{1,2}', ROW(1, 2));

UPDATE t SET a = 1, b = DEFAULT, (c, d) = (1, 2), e[1] = 3, f.g = 'x;' WHERE id = 1;
UPDATE ONLY t AS x SET a = s.a FROM s JOIN u USING (id) WHERE x.id = s.id AND s.note <> $note$it's; $note$ RETURNING x.*;
UPDATE t SET a = 1 WHERE CURRENT OF cur;
DELETE FROM t;
DELETE FROM t USING s, LATERAL (SELECT 1) u WHERE t.id = s.id AND s.x NOT IN (SELECT x FROM y WHERE z = ';') RETURNING *;
WITH batch AS (SELECT id FROM jobs WHERE done IS NULL ORDER BY id LIMIT 1000 FOR UPDATE SKIP LOCKED)
UPDATE jobs j SET done = now() FROM batch b WHERE j.id = b.id;

MERGE INTO stock s
USING (SELECT sku, sum(n) AS n FROM deliveries GROUP BY sku) d ON s.sku = d.sku
WHEN MATCHED AND s.n + d.n < 0 THEN DELETE
WHEN MATCHED THEN UPDATE SET n = s.n + d.n -- add; it up
WHEN NOT MATCHED AND d.n > 0 THEN INSERT (sku, n) VALUES (d.sku, d.n)
WHEN NOT MATCHED THEN DO NOTHING;
TRUNCATE t, s CONTINUE IDENTITY RESTRICT;
