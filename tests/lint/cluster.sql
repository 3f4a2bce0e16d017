-- transaction: off
CLUSTER orders USING orders_pkey; -- expect: cluster
CLUSTER; -- expect: cluster
ALTER TABLE orders CLUSTER ON orders_pkey;
CREATE TABLE fresh (id bigint PRIMARY KEY);
CLUSTER fresh USING fresh_pkey;

-- pg_version: 19
-- transaction: off
CLUSTER orders USING orders_pkey; -- expect: cluster
REPACK orders; -- expect: cluster
REPACK (CONCURRENTLY) orders;
