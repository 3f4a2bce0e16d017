-- hazard: none
CREATE SCHEMA billing;
