-- transaction: off
CREATE INDEX CONCURRENTLY orders_wide ON orders (a, b, c, d); -- expect: index-wide
CREATE INDEX CONCURRENTLY orders_three ON orders (b, c, d) INCLUDE (d, e);
CREATE UNIQUE INDEX CONCURRENTLY orders_key ON orders (a, b, c, d);
CREATE INDEX CONCURRENTLY orders_any ON orders USING brin (a, b, c, d);
