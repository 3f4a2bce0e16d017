-- A row of the history is taken away.  Runs with search_path = pg_catalog.
DELETE FROM :"schema".:"table" WHERE installed_rank = $1::int4;
