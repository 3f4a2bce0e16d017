-- hazard: none
ALTER TABLE users ADD COLUMN tmp text;
ALTER TABLE users DROP COLUMN tmp;
