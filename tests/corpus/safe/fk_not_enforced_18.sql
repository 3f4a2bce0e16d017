-- hazard: none
-- pg_version: 18
ALTER TABLE orders ADD CONSTRAINT orders_customer_fk
    FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE RESTRICT NOT ENFORCED;
