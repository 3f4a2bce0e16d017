-- hazard: index-not-concurrent
CREATE TABLE "Orders" (id bigint PRIMARY KEY);
CREATE INDEX orders_a_idx ON orders (a);
