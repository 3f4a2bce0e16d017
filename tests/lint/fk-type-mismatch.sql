-- transaction: off
CREATE TABLE shops (id bigint PRIMARY KEY, code text UNIQUE, number integer UNIQUE);
CREATE TABLE orders (shop_id integer REFERENCES shops); -- expect: fk-type-mismatch
CREATE TABLE lines (id bigint PRIMARY KEY, shop_id uuid, FOREIGN KEY (shop_id) REFERENCES shops (id)); -- expect: fk-type-mismatch
ALTER TABLE old ADD COLUMN shop_id smallint REFERENCES shops; -- expect: fk-type-mismatch
CREATE TABLE parts (shop_id integer);
ALTER TABLE parts ADD CONSTRAINT parts_shop_fkey FOREIGN KEY (shop_id) REFERENCES shops; -- expect: fk-type-mismatch

-- The same type, a wider one, or not known.
CREATE TABLE fine (a bigint REFERENCES shops, b varchar(20) REFERENCES shops (code), c bigint REFERENCES shops (number));
CREATE TABLE self (id bigint PRIMARY KEY, parent_id bigint REFERENCES self);
ALTER TABLE old ADD COLUMN other_id bigint REFERENCES others;
ALTER TABLE old ADD CONSTRAINT x FOREIGN KEY (unknown_id) REFERENCES shops NOT VALID;
CREATE TABLE numbered (id serial PRIMARY KEY);
CREATE TABLE numbers (a integer REFERENCES numbered, b bigint REFERENCES numbered);
