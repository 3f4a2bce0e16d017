-- What is there before a statement that cannot share a transaction runs, as JSON for the journal.
-- $1 what it does ("create index", "reindex table", "detach", ...), $2 on what (a quoted name; for a
-- new index, a schema, database or tablespace its bare name; or null), $3 the table of a new index,
-- the partition of a detach, or null, $4 IF NOT EXISTS.  Names are found by the file's search_path.
WITH named AS (
	SELECT CASE WHEN $1::pg_catalog.text OPERATOR(pg_catalog.=)
	                 ANY (ARRAY['drop index', 'reindex index', 'reindex table', 'detach'])
	            THEN pg_catalog.to_regclass($2::pg_catalog.text) END::pg_catalog.oid AS oid,
	       pg_catalog.to_regclass($3::pg_catalog.text)::pg_catalog.oid AS other
), main AS (
	SELECT n.other AS oid FROM named n WHERE $1::pg_catalog.text OPERATOR(pg_catalog.=) 'create index'
	UNION
	SELECT x.indrelid FROM named n
	  JOIN pg_catalog.pg_index x ON x.indexrelid OPERATOR(pg_catalog.=) n.oid
	    OR x.indexrelid OPERATOR(pg_catalog.=) ANY (SELECT t.relid FROM pg_catalog.pg_partition_tree(n.oid) t)
	 WHERE $1::pg_catalog.text OPERATOR(pg_catalog.=) 'reindex index'
	UNION
	SELECT n.oid FROM named n WHERE $1::pg_catalog.text OPERATOR(pg_catalog.=) 'reindex table'
	UNION
	SELECT t.relid FROM named n, pg_catalog.pg_partition_tree(n.oid) t
	 WHERE $1::pg_catalog.text OPERATOR(pg_catalog.=) 'reindex table'
	UNION
	SELECT c.oid FROM pg_catalog.pg_class c
	  JOIN pg_catalog.pg_namespace s ON s.oid OPERATOR(pg_catalog.=) c.relnamespace
	 WHERE c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'm']::pg_catalog."char"[])
	   AND ($1::pg_catalog.text OPERATOR(pg_catalog.=) 'reindex database'
	    OR ($1::pg_catalog.text OPERATOR(pg_catalog.=) 'reindex schema'
	        AND s.nspname OPERATOR(pg_catalog.=) $2::pg_catalog.text))
), tables AS (
	SELECT m.oid FROM main m WHERE m.oid IS NOT NULL
	UNION
	SELECT c.reltoastrelid FROM main m
	  JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) m.oid
	 WHERE c.reltoastrelid OPERATOR(pg_catalog.<>) 0::pg_catalog.oid
), object AS (
	SELECT 'drop index' AS what, n.oid AS found, NULL::pg_catalog.oid AS part
	  FROM named n JOIN pg_catalog.pg_index x ON x.indexrelid OPERATOR(pg_catalog.=) n.oid
	UNION ALL
	SELECT 'detach', h.inhparent, h.inhrelid
	  FROM named n JOIN pg_catalog.pg_inherits h
	    ON h.inhparent OPERATOR(pg_catalog.=) n.oid AND h.inhrelid OPERATOR(pg_catalog.=) n.other
	UNION ALL
	SELECT w.what, d.oid, NULL
	  FROM pg_catalog.pg_database d, (VALUES ('create database'), ('drop database')) AS w(what)
	 WHERE d.datname OPERATOR(pg_catalog.=) $2::pg_catalog.text
	UNION ALL
	SELECT w.what, s.oid, NULL
	  FROM pg_catalog.pg_tablespace s,
	       (VALUES ('create tablespace'), ('drop tablespace')) AS w(what)
	 WHERE s.spcname OPERATOR(pg_catalog.=) $2::pg_catalog.text
)
SELECT pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
	'does', $1::pg_catalog.text,
	'name', $2::pg_catalog.text,
	'if_not_exists', $4::pg_catalog.bool,
	'tables', (SELECT pg_catalog.jsonb_agg(t.oid::pg_catalog.int8) FROM tables t),
	'indexes', (SELECT pg_catalog.jsonb_object_agg(c.oid::pg_catalog.text, c.relname)
	              FROM tables t
	              JOIN pg_catalog.pg_index x ON x.indrelid OPERATOR(pg_catalog.=) t.oid
	              JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) x.indexrelid),
	'oid', (SELECT o.found::pg_catalog.int8 FROM object o
	         WHERE o.what OPERATOR(pg_catalog.=) $1::pg_catalog.text),
	'part', (SELECT o.part::pg_catalog.int8 FROM object o
	          WHERE o.what OPERATOR(pg_catalog.=) $1::pg_catalog.text)));
