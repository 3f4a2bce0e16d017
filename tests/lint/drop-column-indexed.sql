-- transaction: off
CREATE INDEX CONCURRENTLY orders_both ON orders (a, b);
ALTER TABLE orders DROP COLUMN a; -- expect: drop-column-indexed, drop-column
CREATE UNIQUE INDEX CONCURRENTLY lines_key ON lines (a, b);
ALTER TABLE lines DROP COLUMN b; -- expect: drop-column-indexed, drop-column
ALTER TABLE parts ADD CONSTRAINT parts_key UNIQUE (a, b, c); -- expect: unique-constraint
ALTER TABLE parts DROP COLUMN c; -- expect: drop-column-indexed, drop-column

CREATE INDEX CONCURRENTLY items_a ON items (a);
ALTER TABLE items DROP COLUMN a; -- expect: drop-column
CREATE INDEX CONCURRENTLY items_b ON items (b, c);
DROP INDEX CONCURRENTLY items_b;
ALTER TABLE items DROP COLUMN b; -- expect: drop-column
CREATE TABLE fresh (a int, b int);
CREATE INDEX fresh_both ON fresh (a, b);
ALTER TABLE fresh DROP COLUMN a;
