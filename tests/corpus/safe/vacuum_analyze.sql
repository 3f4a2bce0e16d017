-- hazard: none
-- migrate:transaction off
VACUUM (ANALYZE) orders;
