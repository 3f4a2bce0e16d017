-- What became of a file.  Runs with search_path = pg_catalog.  $14: how long it took, in
-- milliseconds, or null for the time since the transaction's begin.
INSERT INTO :"schema".:"journal"
       (format, run_id, script, version, type, statements, body_hash, state, attempt, sqlstate,
        error, backend_pid, installed_by, host, pid, tool_version, lock_wait_ms, started, finished)
SELECT 1, $1::uuid, $2, $3, $4, $5::int4, $6::int4, $7, $8::int4, $9, $10, pg_backend_pid(),
       $11, $12, $13::int4, $15, $16::int4,
       CASE WHEN $14::int8 IS NULL THEN transaction_timestamp()
            ELSE clock_timestamp() - $14::int8 * '1 ms'::interval END,
       clock_timestamp();
