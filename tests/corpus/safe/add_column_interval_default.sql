-- hazard: none
ALTER TABLE jobs ADD COLUMN timeout interval NOT NULL DEFAULT interval '5 minutes';
