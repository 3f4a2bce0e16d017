-- hazard: none
ALTER INDEX orders_idx RENAME TO orders_customer_idx;
