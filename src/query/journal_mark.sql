-- A person has said what became of file $1: nothing of it is open any more.  Runs with search_path
-- = pg_catalog.
UPDATE :"schema".:"journal"
   SET state = $2, error = $3, finished = clock_timestamp()
 WHERE script = $1 AND state IN ('running', 'unknown');
