-- hazard: change-type-rewrite, change-type-may-rewrite
CREATE TYPE mood AS ENUM ('good', 'bad');
ALTER TABLE people ALTER COLUMN mood TYPE mood USING mood::mood;
