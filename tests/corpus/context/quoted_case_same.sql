-- hazard: none
CREATE TABLE "Orders" (id bigint PRIMARY KEY, a integer);
CREATE INDEX orders_a_idx ON "Orders" (a);
