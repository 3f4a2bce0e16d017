ALTER TABLE orders ADD CONSTRAINT a FOREIGN KEY (customer_id) REFERENCES customers NOT VALID;
ALTER TABLE orders ADD CONSTRAINT b FOREIGN KEY (shop_id) REFERENCES shops NOT VALID; -- expect: multiple-foreign-keys
ALTER TABLE lines
	ADD CONSTRAINT c FOREIGN KEY (order_id) REFERENCES orders NOT VALID, -- expect: multiple-foreign-keys
	ADD CONSTRAINT d FOREIGN KEY (item_id) REFERENCES items NOT VALID; -- expect: multiple-foreign-keys

-- A new table is nobody's but ours.
CREATE TABLE fresh (id bigint PRIMARY KEY, order_id bigint, item_id bigint);
ALTER TABLE fresh ADD CONSTRAINT e FOREIGN KEY (order_id) REFERENCES orders;
ALTER TABLE fresh ADD CONSTRAINT f FOREIGN KEY (item_id) REFERENCES items;

-- file: V2__same_pair.sql
-- Between the same two tables the second foreign key locks nothing new.
ALTER TABLE orders ADD CONSTRAINT a FOREIGN KEY (billed_to) REFERENCES customers NOT VALID;
ALTER TABLE orders ADD CONSTRAINT b FOREIGN KEY (sent_to) REFERENCES customers NOT VALID;
ALTER TABLE orders ADD CONSTRAINT c FOREIGN KEY (parent_id) REFERENCES orders NOT VALID;

-- file: V3__alone.sql
-- transaction: off
-- Each statement commits by itself.
ALTER TABLE orders ADD CONSTRAINT a FOREIGN KEY (customer_id) REFERENCES customers NOT VALID;
ALTER TABLE orders ADD CONSTRAINT b FOREIGN KEY (shop_id) REFERENCES shops NOT VALID;
ALTER TABLE orders
	ADD CONSTRAINT c FOREIGN KEY (user_id) REFERENCES users NOT VALID,
	ADD CONSTRAINT d FOREIGN KEY (item_id) REFERENCES items NOT VALID; -- expect: multiple-foreign-keys
