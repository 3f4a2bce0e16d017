-- Would the query that tells of rows still to be done run at all?  Asked before hours of batches.
-- psql: \set check 'SELECT 1 FROM orders WHERE status IS NULL'
EXPLAIN SELECT
  FROM (:check
) AS found
 LIMIT 1;
