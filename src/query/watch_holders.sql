-- Who holds locks on the relations $2 (oids), seen from backend $1: same columns as
-- watch_blockers.
SELECT DISTINCT ON (a.xact_start, l.pid)
       l.pid,
       a.usename,
       a.application_name,
       a.state,
       pg_catalog.floor(extract(epoch FROM pg_catalog.clock_timestamp()
           OPERATOR(pg_catalog.-) a.xact_start))::pg_catalog.int8,
       a.backend_type,
       pg_catalog."left"(a.query, 200)
  FROM pg_catalog.pg_locks l
  LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) l.pid
 WHERE l.locktype OPERATOR(pg_catalog.=) 'relation'
   AND l.granted
   AND l.relation OPERATOR(pg_catalog.=) ANY ($2::pg_catalog.oid[])
   -- A prepared transaction has none.
   AND (l.pid IS NULL OR (l.pid OPERATOR(pg_catalog.<>) $1::pg_catalog.int4
                          AND l.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()))
 ORDER BY a.xact_start, l.pid
 LIMIT 3;
