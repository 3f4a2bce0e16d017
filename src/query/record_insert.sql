-- A row of the history.  Runs with search_path = pg_catalog.  It fails unless this is still the
-- transaction that we opened ($9: the run id, else execution_time is null) and the run lock ($8)
-- is ours (else installed_rank is null); the primary key tells when another run took the rank.
-- $10: the time since the transaction's begin is the execution time.
INSERT INTO :"schema".:"table"
       (installed_rank, version, description, type, script, checksum, installed_by,
        execution_time, success)
VALUES (CASE WHEN pg_try_advisory_xact_lock($8) THEN $1::int4 END,
        $2, $3, $4, $5, $6, $7,
        CASE WHEN current_setting('migrate.run', true) = $9
             THEN CASE WHEN $10
                       THEN (extract(epoch FROM clock_timestamp() - transaction_timestamp())
                             * 1000)::int4
                       ELSE 0 END END,
        $11);
