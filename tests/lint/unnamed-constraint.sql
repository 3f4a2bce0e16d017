-- transaction: off
ALTER TABLE orders ADD CHECK (total > 0); -- expect: unnamed-constraint, check-not-valid
ALTER TABLE orders ADD FOREIGN KEY (shop_id) REFERENCES shops NOT VALID; -- expect: unnamed-constraint
ALTER TABLE orders ADD CONSTRAINT named CHECK (total > 0) NOT VALID;
ALTER TABLE orders ADD UNIQUE USING INDEX orders_code_key;
