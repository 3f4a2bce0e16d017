-- file: V1__long_ago.sql
-- applied: yes
CREATE TABLE orders (id bigint PRIMARY KEY, a int, b int, c int);
CREATE INDEX orders_ab ON orders (a, b);
CREATE INDEX orders_c ON orders (c) WHERE a > 0;
CREATE INDEX orders_b ON orders USING gin (b);

-- file: V2__today.sql
-- transaction: off
CREATE INDEX CONCURRENTLY orders_a ON orders (a); -- expect: index-redundant
CREATE INDEX CONCURRENTLY orders_id ON orders (id); -- expect: index-redundant
CREATE UNIQUE INDEX CONCURRENTLY orders_a_key ON orders (a);
CREATE INDEX CONCURRENTLY orders_ba ON orders (b, a);
CREATE INDEX CONCURRENTLY orders_all_c ON orders (c);
CREATE INDEX CONCURRENTLY orders_b2 ON orders (b) WHERE a > 0;
CREATE INDEX CONCURRENTLY orders_a_like ON orders (a text_pattern_ops);
CREATE INDEX CONCURRENTLY orders_a_late ON orders (a DESC NULLS LAST);
CREATE INDEX CONCURRENTLY orders_hash ON orders USING hash (a);
