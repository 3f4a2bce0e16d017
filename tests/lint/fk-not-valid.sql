-- transaction: off
-- All rows are checked while writers of both tables wait.
ALTER TABLE orders ADD CONSTRAINT orders_customer_fkey FOREIGN KEY (customer_id) REFERENCES customers; -- expect: fk-not-valid
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers ON DELETE CASCADE; -- expect: fk-not-valid
ALTER TABLE s1.a ADD CONSTRAINT x FOREIGN KEY (p) REFERENCES s2.p (id); -- expect: fk-not-valid
ALTER TABLE lines
	ADD COLUMN note text,
	ADD CONSTRAINT lines_order_fkey FOREIGN KEY (order_id) REFERENCES orders; -- expect: fk-not-valid

-- Nothing is checked, or nothing is there to be checked.
ALTER TABLE orders ADD CONSTRAINT orders_shop_fkey FOREIGN KEY (shop_id) REFERENCES shops NOT VALID;
ALTER TABLE orders ADD CONSTRAINT orders_town_fkey FOREIGN KEY (town_id) REFERENCES towns NOT ENFORCED;
CREATE TABLE fresh (id bigint PRIMARY KEY, order_id bigint REFERENCES orders);
ALTER TABLE fresh ADD CONSTRAINT fresh_order_fkey FOREIGN KEY (order_id) REFERENCES orders;

-- A table of the same name in another schema is another table.
CREATE TABLE s1.twin (id bigint PRIMARY KEY, order_id bigint);
ALTER TABLE s2.twin ADD CONSTRAINT twin_fkey FOREIGN KEY (order_id) REFERENCES orders; -- expect: fk-not-valid

-- It was there before its name was used again.
ALTER TABLE later ADD CONSTRAINT later_fkey FOREIGN KEY (order_id) REFERENCES orders; -- expect: fk-not-valid
DROP TABLE later; -- expect: drop-foreign-key, drop-table
CREATE TABLE later (id bigint PRIMARY KEY, order_id bigint); -- expect: drop-and-create-table
ALTER TABLE later ADD CONSTRAINT later_fkey FOREIGN KEY (order_id) REFERENCES orders;

-- A partitioned table that was there before.
-- file: V2__partitioned.sql
-- applied: yes
CREATE TABLE events (id bigint, user_id bigint, at date) PARTITION BY RANGE (at);
-- file: V3__partitioned.sql
ALTER TABLE events ADD CONSTRAINT events_user_fkey FOREIGN KEY (user_id) REFERENCES users; -- expect: fk-not-valid
