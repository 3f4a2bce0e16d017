-- At the head of a transaction whose session is pooled: takes the run lock $1 to its end and tells
-- the server's process, or fails (22P02).  A session that holds it already got it from somebody who
-- left it there: it would be given to us once more.
SELECT CASE WHEN EXISTS (
            SELECT FROM pg_catalog.pg_locks l
             WHERE l.locktype OPERATOR(pg_catalog.=) 'advisory'
               AND l.granted
               AND l.objsubid OPERATOR(pg_catalog.=) 1
               AND l.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()
               AND ((l.classid::pg_catalog.int8 OPERATOR(pg_catalog.<<) 32)
                    OPERATOR(pg_catalog.|) l.objid::pg_catalog.int8)
                   OPERATOR(pg_catalog.=) $1::pg_catalog.int8)
            THEN pg_catalog.set_config('migrate.fence', 'somebody left the run lock in this session',
                                       true)::pg_catalog.int4
            WHEN pg_catalog.pg_try_advisory_xact_lock($1::pg_catalog.int8)
            THEN pg_catalog.pg_backend_pid()
            ELSE pg_catalog.set_config('migrate.fence', 'another run of migrate has the run lock',
                                       true)::pg_catalog.int4 END;
