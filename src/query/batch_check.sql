-- Does the query that tells of rows still to be done find any?
-- psql: \set check 'SELECT 1 FROM orders WHERE status IS NULL'
SELECT
  FROM (:check
) AS found
 LIMIT 1;
