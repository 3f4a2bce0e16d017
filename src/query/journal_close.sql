-- How it ended ($3): statement $2 of file $1, or with null the file itself.  Runs with search_path
-- = pg_catalog.
UPDATE :"schema".:"journal"
   SET state = $3, sqlstate = $4, error = $5, attempt = $6::int4, lock_wait_ms = $7::int4,
       finished = clock_timestamp()
 WHERE script = $1 AND statement IS NOT DISTINCT FROM $2::int4 AND state = 'running';
