-- hazard: change-type-rewrite
CREATE TYPE mood AS ENUM ('good', 'bad');
ALTER TABLE people ALTER COLUMN mood TYPE mood USING mood::mood;
