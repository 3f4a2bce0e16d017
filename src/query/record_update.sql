-- A row of the history gets other words.  Runs with search_path = pg_catalog.
UPDATE :"schema".:"table"
   SET description = $2, type = $3, checksum = $4::int4
 WHERE installed_rank = $1::int4;
