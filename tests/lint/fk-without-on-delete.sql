-- transaction: off
CREATE TABLE lines (order_id bigint REFERENCES orders, item_id bigint REFERENCES items ON DELETE CASCADE); -- expect: fk-without-on-delete
ALTER TABLE orders ADD CONSTRAINT a FOREIGN KEY (shop_id) REFERENCES shops NOT VALID; -- expect: fk-without-on-delete
ALTER TABLE orders ADD CONSTRAINT b FOREIGN KEY (user_id) REFERENCES users ON DELETE SET NULL NOT VALID;
