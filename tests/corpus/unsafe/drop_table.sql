-- hazard: drop-table
DROP TABLE old_orders;
