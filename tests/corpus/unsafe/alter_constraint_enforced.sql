-- hazard: alter-constraint-enforced
-- pg_version: 18
ALTER TABLE orders ALTER CONSTRAINT orders_customer_fk ENFORCED;
