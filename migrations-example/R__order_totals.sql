-- A repeatable migration runs behind all versioned ones, and again whenever this file has changed.
-- Views and functions live well in such files: their history is the history of the file.
CREATE OR REPLACE VIEW order_totals AS
SELECT orders.id AS order_id, customers.name AS customer, orders.status,
	sum(order_items.quantity * order_items.price) AS total
FROM orders
JOIN customers ON customers.id = orders.customer_id
JOIN order_items ON order_items.order_id = orders.id
GROUP BY orders.id, customers.name, orders.status;
