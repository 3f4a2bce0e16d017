-- hazard: enum-value-used-same-transaction
ALTER TYPE order_status ADD VALUE 'refunded';
UPDATE orders SET status = 'refunded' WHERE id = 17;
