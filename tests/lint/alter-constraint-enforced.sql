-- pg_version: 18
ALTER TABLE orders ALTER CONSTRAINT orders_shop_fkey ENFORCED; -- expect: alter-constraint-enforced
ALTER TABLE orders ALTER CONSTRAINT orders_town_fkey NOT ENFORCED;
ALTER TABLE orders ALTER CONSTRAINT orders_town_fkey DEFERRABLE;
CREATE TABLE fresh (shop_id bigint, CONSTRAINT shop FOREIGN KEY (shop_id) REFERENCES shops NOT ENFORCED);
ALTER TABLE fresh ALTER CONSTRAINT shop ENFORCED;
