-- The next batch: number and key of its first and its last row, of $1 rows at most.  Goes on where
-- the last one ended (after), never by OFFSET.  For the statement of a file in batches, so with the
-- operators that it sees: the session's own search_path.
-- psql: \set table orders \set columns created_at,id \set texts created_at::text,id::text
-- \set after '(created_at, id) > (now() - interval \'1 day\', 7)' \set last '(now(), 9)'
WITH batch AS (
	SELECT :columns, pg_catalog.row_number() OVER (ORDER BY :columns) AS migrate_number
	  FROM :table
	 WHERE (:columns) IS NOT NULL AND :after AND (:columns) <= :last
	 ORDER BY :columns
	 LIMIT $1::pg_catalog.int8
)
SELECT migrate_number, :texts
  FROM batch
 WHERE migrate_number OPERATOR(pg_catalog.=) 1
    OR migrate_number OPERATOR(pg_catalog.=) (SELECT pg_catalog.max(migrate_number) FROM batch)
 ORDER BY migrate_number;
