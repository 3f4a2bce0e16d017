-- hazard: none
CREATE TABLE archive.orders (id bigint PRIMARY KEY, customer_id bigint);
CREATE INDEX orders_customer_idx ON archive.orders (customer_id);
