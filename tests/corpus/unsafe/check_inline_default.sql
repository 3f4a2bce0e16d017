-- hazard: check-inline-on-add-column
ALTER TABLE products ADD COLUMN discount integer NOT NULL DEFAULT 0 CHECK (discount BETWEEN 0 AND 100);
