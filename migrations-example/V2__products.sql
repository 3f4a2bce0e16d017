CREATE TABLE products (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	sku text NOT NULL UNIQUE,
	name text NOT NULL,
	-- Money is never a floating point number.
	price numeric(10, 2) NOT NULL CHECK (price >= 0)
);
