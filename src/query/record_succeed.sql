-- A file without a transaction has come to its end.  Runs with search_path = pg_catalog.
UPDATE :"schema".:"table"
   SET success = true, execution_time = $2::int4
 WHERE installed_rank = $1::int4;
