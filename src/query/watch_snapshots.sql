-- Who keeps backend $1 waiting, in a statement that runs CONCURRENTLY: who blocks it now, and while
-- it waits for old snapshots everyone whose snapshot is older than its statement, idle or not.
-- Same columns as watch_blockers.
SELECT a.pid,
       a.usename,
       a.application_name,
       a.state,
       pg_catalog.floor(extract(epoch FROM pg_catalog.clock_timestamp()
           OPERATOR(pg_catalog.-) a.xact_start))::pg_catalog.int8,
       a.backend_type,
       pg_catalog."left"(a.query, 200)
  FROM pg_catalog.pg_stat_activity a
 WHERE a.pid OPERATOR(pg_catalog.=) ANY (pg_catalog.pg_blocking_pids($1::pg_catalog.int4))
    OR EXISTS (
       SELECT FROM pg_catalog.pg_stat_progress_create_index p
        WHERE p.pid OPERATOR(pg_catalog.=) $1::pg_catalog.int4
          AND (p.current_locker_pid OPERATOR(pg_catalog.=) a.pid
               OR (p.phase OPERATOR(pg_catalog.=) 'waiting for old snapshots'
                   AND a.backend_xmin IS NOT NULL
                   AND a.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
                   AND a.pid OPERATOR(pg_catalog.<>) p.pid
                   AND a.xact_start OPERATOR(pg_catalog.<)
                       (SELECT o.query_start FROM pg_catalog.pg_stat_activity o
                         WHERE o.pid OPERATOR(pg_catalog.=) p.pid))))
 ORDER BY a.xact_start
 LIMIT 5;
