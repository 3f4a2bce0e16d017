-- hazard: none
ALTER TABLE users ALTER COLUMN active DROP DEFAULT;
