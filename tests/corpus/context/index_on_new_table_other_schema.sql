-- hazard: index-not-concurrent
CREATE TABLE archive.orders (id bigint PRIMARY KEY, customer_id bigint);
CREATE INDEX orders_customer_idx ON public.orders (customer_id);
