-- The plain forms of CREATE TABLE.
CREATE SCHEMA IF NOT EXISTS shop;

CREATE TABLE shop.customers (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	email text NOT NULL UNIQUE,
	name varchar(200) COLLATE "C" NOT NULL DEFAULT 'nobody; really',
	born date CHECK (born > '1900-01-01'::date),
	credit numeric(12, 2) DEFAULT 0.00,
	tags text[] NOT NULL DEFAULT '{}',
	settings jsonb NOT NULL DEFAULT '{"mail": true}'::jsonb,
	created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS shop.products (
	sku char(8) PRIMARY KEY,
	title text NOT NULL,
	price numeric NOT NULL CONSTRAINT price_is_positive CHECK (price > 0),
	vat numeric GENERATED ALWAYS AS (price * 0.19) STORED,
	search tsvector GENERATED ALWAYS AS (to_tsvector('simple', title)) STORED
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);

CREATE UNLOGGED TABLE shop.sessions (
	token uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	customer bigint REFERENCES shop.customers ON DELETE CASCADE,
	address inet, network cidr, card macaddr,
	seen timestamp(3) with time zone,
	valid interval hour to minute
);

CREATE TEMPORARY TABLE scratch (a int, b text) ON COMMIT PRESERVE ROWS;
CREATE TEMP TABLE scratch_too (LIKE scratch INCLUDING ALL EXCLUDING INDEXES) ON COMMIT DROP;
CREATE TABLE shop.old_products (LIKE shop.products INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
CREATE TABLE shop.cheap AS SELECT sku, price FROM shop.products WHERE price < 10 WITH NO DATA;
CREATE TABLE shop.books (pages int, isbn text) INHERITS (shop.products);
CREATE TYPE shop.pair AS (x int, y int);
CREATE TABLE shop.pairs OF shop.pair (PRIMARY KEY (x), y WITH OPTIONS DEFAULT 7);
SELECT * INTO shop.copied FROM shop.products;
CREATE TABLE shop."Odd ""name""; really" ("Order" int, "select" text, "a;b" boolean);
CREATE TABLE empty ();
DROP TABLE IF EXISTS empty, shop.copied CASCADE;
COMMENT ON TABLE shop.customers IS 'who buys; and who does not';
COMMENT ON COLUMN shop.customers.email IS NULL;
