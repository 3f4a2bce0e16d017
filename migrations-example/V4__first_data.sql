-- Data as pg_dump writes it: COPY, one row a line, columns apart by a tab, \N for NULL, and "\." at
-- the end.
COPY customers (name, email, created_at) FROM STDIN;
Ada Byron	ada@example.com	2026-01-05 09:00:00+00
Bela Novak	\N	2026-02-11 14:30:00+00
Chen Wei	chen@example.com	2026-03-20 08:15:00+00
\.

COPY products (sku, name, price) FROM STDIN;
TEA-100	Green tea; 100 g	4.90
CUP-001	Cup	12.00
POT-001	Tea pot	39.50
\.

INSERT INTO orders (customer_id, status) VALUES (1, 'paid'), (1, 'new'), (3, 'shipped');
INSERT INTO order_items (order_id, product_id, quantity, price)
VALUES (1, 1, 2, 4.90), (1, 2, 1, 12.00), (2, 3, 1, 39.50), (3, 1, 5, 4.50);
