-- hazard: fk-inline-on-add-column
ALTER TABLE orders ADD COLUMN warehouse_id bigint DEFAULT 1 REFERENCES warehouses (id);
