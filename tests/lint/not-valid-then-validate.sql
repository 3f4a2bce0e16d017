ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT positive; -- expect: not-valid-then-validate
ALTER TABLE lines ADD CONSTRAINT item FOREIGN KEY (item_id) REFERENCES items NOT VALID;
ALTER TABLE lines VALIDATE CONSTRAINT item; -- expect: not-valid-then-validate
ALTER TABLE parts ADD COLUMN note text;
ALTER TABLE parts VALIDATE CONSTRAINT old_one; -- expect: not-valid-then-validate
ALTER TABLE shops
	ADD CONSTRAINT positive CHECK (total > 0) NOT VALID,
	VALIDATE CONSTRAINT positive; -- expect: not-valid-then-validate, statement-behind-access-exclusive

-- Nothing stronger is held on these.
ALTER TABLE towns VALIDATE CONSTRAINT old_one; -- expect: statement-behind-access-exclusive
ALTER TABLE other.orders VALIDATE CONSTRAINT old_one; -- expect: statement-behind-access-exclusive
CREATE TABLE fresh (total int);
ALTER TABLE fresh ADD CONSTRAINT positive CHECK (total > 0) NOT VALID;
ALTER TABLE fresh VALIDATE CONSTRAINT positive;

-- file: V2__alone.sql
-- transaction: off
ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT positive;
ALTER TABLE orders
	ADD CONSTRAINT small CHECK (total < 100) NOT VALID,
	VALIDATE CONSTRAINT small; -- expect: not-valid-then-validate
