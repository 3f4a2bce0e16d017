-- The greatest key of a table: where a pass through it ends.  For the statement of a file in
-- batches, so with the operators that it sees: the session's own search_path.
-- psql: \set table orders \set columns created_at,id \set descending 'created_at DESC, id DESC'
-- \set texts created_at::text,id::text
SELECT :texts
  FROM (SELECT :columns
          FROM :table
         WHERE (:columns) IS NOT NULL
         ORDER BY :descending
         LIMIT 1) AS greatest;
