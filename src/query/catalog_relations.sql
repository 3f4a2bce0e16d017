-- What is known of the relations by these names: $1 schemas ('' is by search_path), $2 names, $3 the
-- schema in front of the search_path, or ''.  An index stands for its table.  Rows are estimated as
-- the planner does; sizes are not asked where an ACCESS EXCLUSIVE lock is held or waited for,
-- since that question would stand in its queue.  Columns: number of the name, oid, schema, name,
-- relkind, temporary, is it a partition, rows, bytes, bytes of indexes, number of partitions,
-- default partition (schema, name), parent (schema, name).
WITH RECURSIVE path AS (
	SELECT p.name, p.n
	  FROM pg_catalog.unnest($3::pg_catalog.text OPERATOR(pg_catalog.||)
	       pg_catalog.current_schemas(true)::pg_catalog.text[]) WITH ORDINALITY AS p(name, n)
), asked AS (
	SELECT DISTINCT ON (i.n) i.n, c.oid, c.relkind
	  FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[]))
	       WITH ORDINALITY AS i(schema, name, n)
	  JOIN pg_catalog.pg_class c ON c.relname OPERATOR(pg_catalog.=) i.name::pg_catalog.name
	  JOIN pg_catalog.pg_namespace s ON s.oid OPERATOR(pg_catalog.=) c.relnamespace
	  LEFT JOIN path p ON p.name OPERATOR(pg_catalog.=) s.nspname
	 WHERE CASE WHEN i.schema OPERATOR(pg_catalog.=) '' THEN p.n IS NOT NULL
	            ELSE i.schema OPERATOR(pg_catalog.=) s.nspname END
	 ORDER BY i.n, p.n
), main AS (
	SELECT a.n, COALESCE(x.indrelid, a.oid) AS oid
	  FROM asked a LEFT JOIN pg_catalog.pg_index x ON x.indexrelid OPERATOR(pg_catalog.=) a.oid
), tree AS (
	SELECT DISTINCT m.oid AS root, m.oid AS leaf FROM main m
	UNION
	SELECT t.root, h.inhrelid
	  FROM tree t
	  JOIN pg_catalog.pg_inherits h ON h.inhparent OPERATOR(pg_catalog.=) t.leaf
	  JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) h.inhrelid AND c.relispartition
), sized AS (
	SELECT t.root, c.oid, c.reltuples, c.relpages,
	       CASE WHEN NOT EXISTS (
	               SELECT FROM pg_catalog.pg_locks l
	                WHERE l.relation OPERATOR(pg_catalog.=) c.oid
	                  AND l.mode OPERATOR(pg_catalog.=) 'AccessExclusiveLock'
	                  AND l.database OPERATOR(pg_catalog.=)
	                      (SELECT d.oid FROM pg_catalog.pg_database d
	                        WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()))
	            THEN pg_catalog.pg_relation_size(c.oid) END AS heap,
	       c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'm']::pg_catalog."char"[]) AS has_rows
	  FROM tree t JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) t.leaf
), summed AS (
	SELECT z.root,
	       pg_catalog.sum(CASE WHEN NOT z.has_rows THEN 0
	            WHEN z.heap OPERATOR(pg_catalog.=) 0 THEN 0
	            WHEN z.relpages OPERATOR(pg_catalog.>) 0 AND z.reltuples OPERATOR(pg_catalog.>=) 0::pg_catalog.float4
	            THEN z.reltuples::pg_catalog.float8 OPERATOR(pg_catalog./) z.relpages::pg_catalog.float8
	                 OPERATOR(pg_catalog.*) COALESCE(z.heap::pg_catalog.float8 OPERATOR(pg_catalog./)
	                     pg_catalog.current_setting('block_size')::pg_catalog.float8,
	                     z.relpages::pg_catalog.float8)
	            ELSE pg_catalog.pg_stat_get_live_tuples(z.oid)::pg_catalog.float8 END) AS rows,
	       pg_catalog.sum(CASE WHEN z.heap IS NOT NULL
	            THEN pg_catalog.pg_table_size(z.oid)
	            ELSE z.relpages::pg_catalog.int8 OPERATOR(pg_catalog.*)
	                 pg_catalog.current_setting('block_size')::pg_catalog.int8 END) AS bytes,
	       pg_catalog.sum(CASE WHEN z.heap IS NOT NULL
	            THEN pg_catalog.pg_indexes_size(z.oid) ELSE 0 END) AS index_bytes,
	       pg_catalog.count(*) OPERATOR(pg_catalog.-) 1 AS partitions
	  FROM sized z GROUP BY z.root
)
SELECT m.n, c.oid, s.nspname, c.relname, c.relkind,
       c.relpersistence OPERATOR(pg_catalog.=) 't', c.relispartition,
       pg_catalog.round(u.rows)::pg_catalog.int8, u.bytes::pg_catalog.int8,
       u.index_bytes::pg_catalog.int8, u.partitions,
       ds.nspname, d.relname, hs.nspname, hc.relname
  FROM main m
  JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) m.oid
  JOIN pg_catalog.pg_namespace s ON s.oid OPERATOR(pg_catalog.=) c.relnamespace
  JOIN summed u ON u.root OPERATOR(pg_catalog.=) c.oid
  LEFT JOIN pg_catalog.pg_partitioned_table p ON p.partrelid OPERATOR(pg_catalog.=) c.oid
  LEFT JOIN pg_catalog.pg_class d ON d.oid OPERATOR(pg_catalog.=) p.partdefid
  LEFT JOIN pg_catalog.pg_namespace ds ON ds.oid OPERATOR(pg_catalog.=) d.relnamespace
  LEFT JOIN pg_catalog.pg_inherits h ON h.inhrelid OPERATOR(pg_catalog.=) c.oid AND c.relispartition
  LEFT JOIN pg_catalog.pg_class hc ON hc.oid OPERATOR(pg_catalog.=) h.inhparent
  LEFT JOIN pg_catalog.pg_namespace hs ON hs.oid OPERATOR(pg_catalog.=) hc.relnamespace
 ORDER BY m.n;
