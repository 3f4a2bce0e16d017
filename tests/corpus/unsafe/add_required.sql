-- hazard: add-column-required
ALTER TABLE users ADD COLUMN country text NOT NULL;
