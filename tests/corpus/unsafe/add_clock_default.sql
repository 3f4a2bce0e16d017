-- hazard: add-column-volatile-default
ALTER TABLE orders ADD COLUMN touched timestamptz DEFAULT clock_timestamp();
