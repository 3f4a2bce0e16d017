-- hazard: none
-- pg_version: 18
ALTER TABLE products ADD CONSTRAINT products_price_positive CHECK (price > 0) NOT ENFORCED;
