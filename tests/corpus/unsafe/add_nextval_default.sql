-- hazard: add-column-volatile-default
ALTER TABLE orders ADD COLUMN number bigint DEFAULT nextval('order_numbers');
