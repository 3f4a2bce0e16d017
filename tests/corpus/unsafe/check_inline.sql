-- hazard: check-inline-on-add-column
ALTER TABLE products ADD COLUMN discount integer CHECK (discount >= 0);
