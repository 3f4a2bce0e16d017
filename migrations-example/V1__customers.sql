-- A versioned migration runs once, in the order of its version, in a transaction of its own.
-- A new table is always safe: nobody uses it yet.
CREATE TABLE customers (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text NOT NULL,
	email text,
	created_at timestamptz NOT NULL DEFAULT now()
);
