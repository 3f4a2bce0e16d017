-- hazard: unique-inline-on-add-column
ALTER TABLE users ADD COLUMN handle text UNIQUE;
