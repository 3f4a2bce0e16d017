-- hazard: drop-database
-- migrate:transaction off
DROP DATABASE staging;
