-- A statement ($5 of $6) of a file without a transaction, in its own transaction together with it
-- ($8: done), before it where it refuses a transaction (running), or behind a failure.  It fails
-- (format is null) unless the run lock ($16) is ours.  $14: how long it took, in milliseconds, or
-- null for the time since the transaction's begin; $17: how long it waited for its locks;
-- $18: how far a file in batches has come.  Runs with search_path = pg_catalog.
INSERT INTO :"schema".:"journal"
       (format, run_id, script, version, type, statement, statements, statement_hash, state,
        attempt, before, checkpoint, installed_by, host, pid, tool_version, lock_wait_ms, backend_pid, started,
        finished)
SELECT CASE WHEN pg_try_advisory_xact_lock($16::int8) THEN 1 END,
       $1::uuid, $2, $3, $4, $5::int4, $6::int4, $7::int4, $8, $9::int4, $10::jsonb, $18::jsonb, $11, $12,
       $13::int4, $15, $17::int4, pg_backend_pid(),
       CASE WHEN $14::int8 IS NULL THEN transaction_timestamp()
            ELSE clock_timestamp() - $14::int8 * '1 ms'::interval END,
       CASE WHEN $8 <> 'running' THEN clock_timestamp() END;
