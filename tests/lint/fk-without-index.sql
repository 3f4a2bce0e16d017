CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE orders (
	id bigint PRIMARY KEY,
	customer bigint REFERENCES customers, -- expect: fk-without-index
	seller bigint REFERENCES customers (id),
	parent bigint,
	FOREIGN KEY (parent) REFERENCES orders (id), -- expect: fk-without-index
	FOREIGN KEY (id, seller) REFERENCES customers (id, id)
);
CREATE INDEX ON orders (seller, id);
-- Neither a partial index nor one that begins with another column serves.
CREATE INDEX ON orders (customer) WHERE customer > 0;
CREATE INDEX ON orders (id, parent);

-- The key of the key, and one whose index is unique.
CREATE TABLE notes (order_id bigint PRIMARY KEY REFERENCES orders, customer bigint UNIQUE REFERENCES customers);

-- file: V2__old_table.sql
ALTER TABLE old ADD COLUMN customer bigint REFERENCES customers; -- expect: fk-without-index
ALTER TABLE old ADD CONSTRAINT old_seller FOREIGN KEY (seller) REFERENCES customers NOT VALID;

-- file: V3__dropped_again.sql
CREATE TABLE short (customer bigint REFERENCES customers);
DROP TABLE short;
