-- hazard: none
-- ALTER TABLE users DROP COLUMN name; is what comes later
SELECT 1;
