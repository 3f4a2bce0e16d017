-- Who holds an advisory lock of the one-key kind: the key's halves are classid and objid.
SELECT l.pid,
       a.usename,
       a.application_name,
       a.client_addr::pg_catalog.text,
       a.state,
       pg_catalog.to_char(a.backend_start, 'YYYY-MM-DD HH24:MI:SS')
  FROM pg_catalog.pg_locks l
  LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) l.pid
 WHERE l.locktype OPERATOR(pg_catalog.=) 'advisory'
   AND l.granted
   AND l.objsubid OPERATOR(pg_catalog.=) 1
   AND l.database OPERATOR(pg_catalog.=)
       (SELECT d.oid FROM pg_catalog.pg_database d
         WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database())
   AND (l.classid::pg_catalog.int8 OPERATOR(pg_catalog.<<) 32)
       OPERATOR(pg_catalog.|) l.objid::pg_catalog.int8 OPERATOR(pg_catalog.=) $1::pg_catalog.int8
 LIMIT 1;
