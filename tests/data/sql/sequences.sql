CREATE SEQUENCE serial_a;
CREATE SEQUENCE IF NOT EXISTS shop.invoice_numbers AS integer
	INCREMENT BY 1 MINVALUE -10 MAXVALUE 2147483647 START WITH 1000 CACHE 20 NO CYCLE
	OWNED BY shop.invoices.number;
CREATE TEMP SEQUENCE s CYCLE NO MINVALUE NO MAXVALUE;
ALTER SEQUENCE serial_a RESTART WITH 42 OWNED BY NONE;
ALTER SEQUENCE IF EXISTS serial_a RENAME TO serial_b;
ALTER SEQUENCE serial_b SET UNLOGGED;
SELECT setval('serial_b', coalesce((SELECT max(id) FROM t), 0) + 1, false);
SELECT nextval('shop.invoice_numbers'), currval('"odd;name"'::regclass), lastval();
SELECT pg_catalog.setval(pg_get_serial_sequence('t', 'id'), 1, true);
DROP SEQUENCE serial_b, s;
