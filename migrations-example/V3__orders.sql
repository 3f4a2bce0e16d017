CREATE TABLE orders (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	customer_id bigint NOT NULL REFERENCES customers,
	status text NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'paid', 'shipped', 'cancelled')),
	ordered_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE order_items (
	order_id bigint NOT NULL REFERENCES orders ON DELETE CASCADE,
	product_id bigint NOT NULL REFERENCES products,
	quantity int NOT NULL CHECK (quantity > 0),
	price numeric(10, 2) NOT NULL,
	PRIMARY KEY (order_id, product_id)
);
