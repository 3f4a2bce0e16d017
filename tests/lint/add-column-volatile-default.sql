-- transaction: off
ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid(); -- expect: add-column-volatile-default
ALTER TABLE orders ADD COLUMN lot float8 NOT NULL DEFAULT random(); -- expect: add-column-volatile-default
ALTER TABLE orders ADD COLUMN at timestamptz DEFAULT clock_timestamp(); -- expect: add-column-volatile-default
ALTER TABLE orders ADD COLUMN number bigint DEFAULT nextval('numbers'); -- expect: add-column-volatile-default
ALTER TABLE orders ADD COLUMN word text DEFAULT 'a' || md5(random()::text); -- expect: add-column-volatile-default
ALTER TABLE orders
	ADD COLUMN note text,
	ADD COLUMN key text DEFAULT md5(random()::text); -- expect: add-column-volatile-default
CREATE FUNCTION dice() RETURNS int LANGUAGE sql AS 'SELECT 4';
ALTER TABLE orders ADD COLUMN thrown int DEFAULT dice(); -- expect: add-column-volatile-default

-- Stored once, in the catalog.
ALTER TABLE orders ADD COLUMN a int DEFAULT 5;
ALTER TABLE orders ADD COLUMN b timestamptz NOT NULL DEFAULT now();
ALTER TABLE orders ADD COLUMN c timestamptz DEFAULT CURRENT_TIMESTAMP;
ALTER TABLE orders ADD COLUMN d jsonb NOT NULL DEFAULT '{}'::jsonb;
ALTER TABLE orders ADD COLUMN e text[] DEFAULT ARRAY[]::text[];
ALTER TABLE orders ADD COLUMN f text DEFAULT CURRENT_USER;
ALTER TABLE orders ADD COLUMN g int DEFAULT NULL;
ALTER TABLE orders ADD COLUMN h uuid;
ALTER TABLE orders ALTER COLUMN h SET DEFAULT gen_random_uuid();
CREATE TABLE fresh (id bigint PRIMARY KEY);
ALTER TABLE fresh ADD COLUMN token uuid DEFAULT gen_random_uuid();
