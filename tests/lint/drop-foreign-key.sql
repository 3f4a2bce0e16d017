-- transaction: off
ALTER TABLE orders ADD CONSTRAINT known FOREIGN KEY (customer_id) REFERENCES customers NOT VALID;
ALTER TABLE orders DROP CONSTRAINT known; -- expect: drop-foreign-key
ALTER TABLE orders DROP CONSTRAINT IF EXISTS orders_customer_id_fkey; -- expect: drop-foreign-key
ALTER TABLE orders DROP CONSTRAINT fk_orders_shop; -- expect: drop-foreign-key
ALTER TABLE orders ADD CONSTRAINT of_column FOREIGN KEY (shop_id) REFERENCES shops NOT VALID;
ALTER TABLE orders DROP COLUMN shop_id; -- expect: drop-foreign-key, drop-column
ALTER TABLE orders ADD CONSTRAINT of_table FOREIGN KEY (town_id) REFERENCES towns NOT VALID;
DROP TABLE orders; -- expect: drop-foreign-key, drop-table

-- No other table is concerned, or it is not in use yet.
ALTER TABLE lines DROP CONSTRAINT lines_price_check;
ALTER TABLE lines DROP CONSTRAINT lines_pkey; -- expect: drop-primary-key
ALTER TABLE lines DROP COLUMN total; -- expect: drop-column
ALTER TABLE lines ADD CONSTRAINT own FOREIGN KEY (parent_id) REFERENCES lines NOT VALID;
ALTER TABLE lines DROP CONSTRAINT own;
ALTER TABLE lines ADD CONSTRAINT price_fk CHECK (price > 0) NOT VALID;
ALTER TABLE lines DROP CONSTRAINT price_fk;
CREATE TABLE fresh (id bigint PRIMARY KEY, order_id bigint REFERENCES orders);
DROP TABLE fresh;
DROP TYPE mood; -- expect: contract-without-phase
DROP TABLE unknown; -- expect: drop-table
