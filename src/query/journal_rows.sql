-- The journal, newest last.
SELECT j.run_id,
       j.script,
       j.version,
       j.type,
       j.statement,
       j.statements,
       j.state,
       j.attempt,
       j.lock_wait_ms,
       (extract(epoch FROM j.finished OPERATOR(pg_catalog.-) j.started)
        OPERATOR(pg_catalog.*) 1000)::pg_catalog.int8 AS elapsed_ms,
       pg_catalog.to_char(j.started, 'YYYY-MM-DD HH24:MI:SS') AS started,
       pg_catalog.to_char(j.started AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
       AS started_utc,
       pg_catalog.to_char(j.finished AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
       AS finished_utc,
       j.sqlstate,
       j.error,
       j.backend_pid,
       j.installed_by,
       j.host,
       j.pid,
       j.tool_version
  FROM :"schema".:"journal" j
 ORDER BY j.id;
