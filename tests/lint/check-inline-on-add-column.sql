-- transaction: off
ALTER TABLE orders ADD COLUMN a int CHECK (a > 0); -- expect: check-inline-on-add-column
ALTER TABLE orders ADD COLUMN b int DEFAULT 5 CONSTRAINT positive CHECK (b > 0); -- expect: check-inline-on-add-column
ALTER TABLE orders ADD COLUMN c int NOT NULL DEFAULT 5
	CHECK (c > 0); -- expect: check-inline-on-add-column

ALTER TABLE orders ADD COLUMN d int;
ALTER TABLE orders ADD COLUMN e int CHECK (e > 0) NOT ENFORCED;
CREATE TABLE fresh (id bigint PRIMARY KEY);
ALTER TABLE fresh ADD COLUMN a int CHECK (a > 0);
