-- hazard: enum-rename-value
ALTER TYPE order_status RENAME VALUE 'canceled' TO 'cancelled';
