-- Does nobody hold the advisory lock $1?
SELECT NOT EXISTS (
       SELECT FROM pg_catalog.pg_locks l
        WHERE l.locktype OPERATOR(pg_catalog.=) 'advisory'
          AND l.granted
          AND l.objsubid OPERATOR(pg_catalog.=) 1
          AND l.database OPERATOR(pg_catalog.=)
              (SELECT d.oid FROM pg_catalog.pg_database d
                WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database())
          AND ((l.classid::pg_catalog.int8 OPERATOR(pg_catalog.<<) 32)
               OPERATOR(pg_catalog.|) l.objid::pg_catalog.int8)
              OPERATOR(pg_catalog.=) $1::pg_catalog.int8);
