-- Which of the transactions $1 are still there.  Same columns as watch_blockers.
SELECT a.pid,
       a.usename,
       a.application_name,
       a.state,
       pg_catalog.floor(extract(epoch FROM pg_catalog.clock_timestamp()
           OPERATOR(pg_catalog.-) a.xact_start))::pg_catalog.int8,
       a.backend_type,
       pg_catalog."left"(a.query, 200)
  FROM pg_catalog.pg_locks l
  LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) l.pid
 WHERE l.locktype OPERATOR(pg_catalog.=) 'virtualxid'
   AND l.granted
   AND l.virtualxid OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[])
UNION ALL
SELECT 0, p.owner, p.gid, NULL,
       pg_catalog.floor(extract(epoch FROM pg_catalog.clock_timestamp()
           OPERATOR(pg_catalog.-) p.prepared))::pg_catalog.int8,
       NULL, NULL
  FROM pg_catalog.pg_prepared_xacts p
 WHERE p.transaction::pg_catalog.text OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[]);
