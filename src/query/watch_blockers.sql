-- Who blocks backend $1 now: pid 0 is a prepared transaction.
SELECT b.pid,
       a.usename,
       a.application_name,
       a.state,
       pg_catalog.floor(extract(epoch FROM pg_catalog.clock_timestamp()
           OPERATOR(pg_catalog.-) a.xact_start))::pg_catalog.int8,
       a.backend_type,
       pg_catalog."left"(a.query, 200)
  FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids($1::pg_catalog.int4)) AS b(pid)
  LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) b.pid
 ORDER BY a.xact_start
 LIMIT 3;
