-- transaction: off
ALTER TABLE orders ADD COLUMN shop_id bigint DEFAULT 1 REFERENCES shops; -- expect: fk-inline-on-add-column
ALTER TABLE orders ADD COLUMN town_id bigint NOT NULL DEFAULT 1 CONSTRAINT town REFERENCES towns (id) ON DELETE SET NULL; -- expect: fk-inline-on-add-column
ALTER TABLE orders ADD COLUMN number bigserial REFERENCES numbers; -- expect: fk-inline-on-add-column, add-column-serial
ALTER TABLE orders ADD COLUMN twice bigint GENERATED ALWAYS AS (number * 2) STORED REFERENCES numbers; -- expect: fk-inline-on-add-column, add-column-stored-generated

-- Without a value there is nothing to check, and PostgreSQL does not look.
ALTER TABLE orders ADD COLUMN region_id bigint REFERENCES regions;
ALTER TABLE orders ADD COLUMN area_id bigint DEFAULT NULL REFERENCES areas;
CREATE TABLE fresh (id bigint PRIMARY KEY);
ALTER TABLE fresh ADD COLUMN shop_id bigint DEFAULT 1 REFERENCES shops;
