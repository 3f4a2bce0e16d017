-- Behind record_fence_lock, in a snapshot of its own: fails (22P02) unless the history ends with rank
-- $1, as it did when the plan was made; tells the server's process as well.
SELECT CASE WHEN coalesce(pg_catalog.max(h.installed_rank), 0)
                 OPERATOR(pg_catalog.=) $1::pg_catalog.int4
            THEN pg_catalog.pg_backend_pid()
            ELSE pg_catalog.set_config('migrate.fence', 'another run of migrate was faster',
                                       true)::pg_catalog.int4 END
  FROM :"schema".:"table" h;
