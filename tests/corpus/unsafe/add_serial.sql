-- hazard: add-column-serial
ALTER TABLE orders ADD COLUMN position bigserial;
