-- A run begins, or goes on with, a file that has no transaction.  The rank ($7) and time of the
-- history row link the two: when anybody takes that row away, older rows here count no more.
-- Runs with search_path = pg_catalog.
INSERT INTO :"schema".:"journal"
       (format, run_id, script, version, type, statements, body_hash, before, installed_by, host,
        pid, tool_version, state, attempt, backend_pid, started)
SELECT 1, $1::uuid, $2, $3, $4, $5::int4, $6::int4,
       jsonb_build_object('rank', h.installed_rank,
                          'installed_on', to_char(h.installed_on, 'YYYY-MM-DD HH24:MI:SS.US')),
       $8, $9, $10::int4, $11, 'running', 1, pg_backend_pid(), clock_timestamp()
  FROM :"schema".:"table" h
 WHERE h.installed_rank = $7::int4;
