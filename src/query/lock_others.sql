-- The advisory locks that this session holds beside the run lock $1.
SELECT CASE WHEN l.objsubid OPERATOR(pg_catalog.=) 1
            THEN ((l.classid::pg_catalog.int8 OPERATOR(pg_catalog.<<) 32)
                  OPERATOR(pg_catalog.|) l.objid::pg_catalog.int8)::pg_catalog.text
            ELSE pg_catalog.format('%s, %s', l.classid, l.objid) END
  FROM pg_catalog.pg_locks l
 WHERE l.locktype OPERATOR(pg_catalog.=) 'advisory'
   AND l.granted
   AND l.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()
   AND NOT (l.objsubid OPERATOR(pg_catalog.=) 1
            AND ((l.classid::pg_catalog.int8 OPERATOR(pg_catalog.<<) 32)
                 OPERATOR(pg_catalog.|) l.objid::pg_catalog.int8)
                OPERATOR(pg_catalog.=) $1::pg_catalog.int8)
 ORDER BY 1
 LIMIT 10;
