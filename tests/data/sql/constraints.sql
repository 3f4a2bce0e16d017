CREATE TABLE orders (
	id bigint NOT NULL,
	line int NOT NULL,
	customer bigint,
	state text,
	sent date,
	paid date,
	during tstzrange,
	room int,
	CONSTRAINT orders_pkey PRIMARY KEY (id, line) INCLUDE (customer) WITH (fillfactor = 90),
	CONSTRAINT orders_state CHECK (state IN ('new', 'paid', 'sent; gone')),
	CONSTRAINT sent_after_paid CHECK (
		-- nothing leaves the house unpaid
		sent IS NULL OR paid IS NOT NULL /* ; */ AND sent >= paid
	) NO INHERIT,
	CONSTRAINT orders_customer FOREIGN KEY (customer) REFERENCES customers (id)
		MATCH SIMPLE ON UPDATE NO ACTION ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
	UNIQUE NULLS NOT DISTINCT (customer, state),
	EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (state <> 'new')
);

ALTER TABLE orders ADD CONSTRAINT positive CHECK (line > 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT positive;
ALTER TABLE orders
	DROP CONSTRAINT IF EXISTS orders_state,
	ADD CONSTRAINT orders_state CHECK (state = ANY (ARRAY['new'::text, 'paid', 'sent'])) NOT VALID;
ALTER TABLE orders ALTER CONSTRAINT orders_customer NOT DEFERRABLE;
ALTER TABLE orders RENAME CONSTRAINT positive TO line_is_positive;
ALTER TABLE orders ADD CONSTRAINT one_index UNIQUE USING INDEX orders_one;
ALTER TABLE lines ADD FOREIGN KEY (order_id, line) REFERENCES orders ON DELETE CASCADE NOT VALID;
SET CONSTRAINTS ALL DEFERRED;
SET CONSTRAINTS orders_customer, public.other IMMEDIATE;
COMMENT ON CONSTRAINT line_is_positive ON orders IS 'from one on';
