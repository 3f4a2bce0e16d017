CREATE TABLE a (id bigint PRIMARY KEY, x int, id text); -- expect: duplicate-column
CREATE TABLE b (id bigint PRIMARY KEY, "ID" text);
INSERT INTO orders (x, y, x) VALUES (1, 2, 3); -- expect: duplicate-column
UPDATE orders SET x = 1, y = 2, x = 3 WHERE id = 1; -- expect: duplicate-column
UPDATE orders SET x[1] = 1, x[2] = 2, y.a = 1, y.b = 2 WHERE id = 1;
INSERT INTO orders (x) VALUES (1) ON CONFLICT (x) DO UPDATE SET y = 1, y = 2; -- expect: duplicate-column
MERGE INTO orders USING lines ON orders.id = lines.id
	WHEN MATCHED THEN UPDATE SET x = 1
	WHEN NOT MATCHED THEN INSERT (x, y) VALUES (1, 2);
MERGE INTO orders USING lines ON orders.id = lines.id WHEN MATCHED THEN UPDATE SET x = 1, x = 2; -- expect: duplicate-column
