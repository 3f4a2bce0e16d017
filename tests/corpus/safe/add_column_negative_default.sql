-- hazard: none
ALTER TABLE jobs ADD COLUMN priority integer NOT NULL DEFAULT -1;
