-- hazard: none
CREATE STATISTICS orders_stats ON customer_id, status FROM orders;
