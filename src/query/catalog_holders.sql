-- Who holds a lock on tables $1 (oids) in a transaction older than $2 milliseconds, the oldest one
-- of each table: table, age in milliseconds, pid, user and application.
SELECT DISTINCT ON (l.relation)
       l.relation,
       pg_catalog.floor(extract(epoch FROM pg_catalog.clock_timestamp()
           OPERATOR(pg_catalog.-) a.xact_start)::pg_catalog.float8
           OPERATOR(pg_catalog.*) 1000::pg_catalog.float8)::pg_catalog.int8,
       a.pid,
       pg_catalog.concat_ws(', ', a.usename, CASE WHEN a.application_name OPERATOR(pg_catalog.<>) '' THEN a.application_name END)
  FROM pg_catalog.pg_locks l
  JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) l.pid
 WHERE l.relation OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.oid[])
   AND l.granted
   AND a.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()
   AND a.xact_start OPERATOR(pg_catalog.<) (pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-)
       pg_catalog.make_interval(secs => $2::pg_catalog.float8 OPERATOR(pg_catalog./) 1000::pg_catalog.float8))
 ORDER BY l.relation, a.xact_start;
