-- How many sessions wait for a lock and have to do with table $2 or a partition of it, backend $1
-- excepted.
WITH locks AS (
	SELECT l.pid, l.granted, l.relation FROM pg_catalog.pg_locks l
), tables AS (
	SELECT $2::pg_catalog.oid AS oid
	UNION
	SELECT t.relid FROM pg_catalog.pg_partition_tree($2::pg_catalog.oid::pg_catalog.regclass) t
)
SELECT pg_catalog.count(DISTINCT w.pid)
  FROM locks w
 WHERE NOT w.granted
   AND w.pid OPERATOR(pg_catalog.<>) $1::pg_catalog.int4
   AND EXISTS (SELECT FROM locks h JOIN tables t ON t.oid OPERATOR(pg_catalog.=) h.relation
                WHERE h.pid OPERATOR(pg_catalog.=) w.pid);
