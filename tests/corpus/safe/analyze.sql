-- hazard: none
ANALYZE orders;
