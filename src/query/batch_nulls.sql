-- Is there a row with NULL in its key?  It is in no batch.
-- psql: \set table orders \set columns created_at,id
SELECT
  FROM :table
 WHERE NOT ((:columns) IS NOT NULL)
 LIMIT 1;
