-- The first checkpoint of a file in batches: the transactions that run in this database before its
-- first batch, ours excepted.  What they have written cannot be seen yet.
SELECT pg_catalog.jsonb_build_object('pass', 0, 'started',
           coalesce(pg_catalog.jsonb_agg(t.id), '[]'))
  FROM (SELECT l.virtualxid
          FROM pg_catalog.pg_locks l
          JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) l.pid
         WHERE l.locktype OPERATOR(pg_catalog.=) 'virtualxid'
           AND l.granted
           AND l.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()
           AND a.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
           AND a.usesysid IS NOT NULL -- an autovacuum worker has none
         UNION ALL
        SELECT p.transaction::pg_catalog.text
          FROM pg_catalog.pg_prepared_xacts p
         WHERE p.database OPERATOR(pg_catalog.=) pg_catalog.current_database()) AS t(id);
