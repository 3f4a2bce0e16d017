ALTER TABLE orders ADD COLUMN state text;
UPDATE orders SET state = 'new' WHERE total > 0 OR state IS NULL; -- expect: backfill-with-ddl
UPDATE orders SET state = 'new'; -- expect: backfill-with-ddl
INSERT INTO archive SELECT * FROM orders; -- expect: backfill-with-ddl
DELETE FROM items USING orders WHERE items.order_id = orders.id; -- expect: backfill-with-ddl

-- A few rows by their key, some values, and tables that nobody uses yet.
UPDATE orders SET state = 'new' WHERE id = 5;
UPDATE settings SET value = 'on' WHERE key IN ('a', 'b') AND env = 'test'::text RETURNING 1;
INSERT INTO colors VALUES (1, 'red');
INSERT INTO colors SELECT 2, 'green' WHERE NOT EXISTS (SELECT FROM colors WHERE id = 2);
INSERT INTO archive TABLE orders; -- expect: backfill-with-ddl
CREATE TABLE fresh (id int);
UPDATE fresh SET id = 1;
INSERT INTO fresh SELECT 1;
INSERT INTO fresh SELECT id FROM fresh;
INSERT INTO fresh SELECT id FROM orders; -- expect: backfill-with-ddl
UPDATE orders SET state = 'new' WHERE id IN (SELECT 1); -- expect: backfill-with-ddl

-- file: V2__rows_first.sql
UPDATE orders SET state = 'new' WHERE state IS NULL;
ALTER TABLE orders ADD COLUMN note text;

-- file: V3__each_alone.sql
-- transaction: off
ALTER TABLE orders ADD COLUMN day date;
UPDATE orders SET day = now() WHERE day IS NULL;

-- file: V4__a_lock_that_lets_writers_go_on.sql
COMMENT ON TABLE orders IS 'what was ordered';
UPDATE orders SET day = now() WHERE day IS NULL;

-- file: V5__rolled_back.sql
SAVEPOINT s;
ALTER TABLE orders ADD COLUMN extra int;
ROLLBACK TO s;
UPDATE orders SET day = now() WHERE day IS NULL;

-- file: V6__by_a_unique_column.sql
-- applied: yes
CREATE TABLE users (email text UNIQUE, name text);
-- file: V7__today.sql
ALTER TABLE users ADD COLUMN day date;
UPDATE users SET day = now() WHERE email = 'a@example.org';
UPDATE users SET day = now() WHERE name = 'a'; -- expect: backfill-with-ddl
