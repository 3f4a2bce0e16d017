-- A run goes on with file $1: what the one before left open is known to be over.  Runs with
-- search_path = pg_catalog.
UPDATE :"schema".:"journal"
   SET state = 'failed', error = 'interrupted'
 WHERE script = $1 AND state = 'running';
