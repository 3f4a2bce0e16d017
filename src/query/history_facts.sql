-- What stands where the history is, or will be: a row for each relation found under one of the
-- names, or one row without.  $1 is the schema or null (then the session's), $2 the table, $3 its
-- journal, $4 and $5 the same under Flyway's name, or null.  Operators are qualified, because the
-- session's search_path may hold anything.  A superuser is a member of every role for
-- pg_has_role(): whom to trust is read from the memberships themselves.
WITH RECURSIVE trusted (oid) AS (
	SELECT r.oid FROM pg_catalog.pg_roles r
	WHERE r.rolname OPERATOR(pg_catalog.=) CURRENT_USER
	UNION
	SELECT m.roleid FROM pg_catalog.pg_auth_members m
	JOIN trusted t ON m.member OPERATOR(pg_catalog.=) t.oid
), place (name) AS (
	SELECT COALESCE($1::pg_catalog.text, pg_catalog.current_schema()::pg_catalog.text)
), wanted (journal, name, type) AS (
	VALUES
		(false, 'installed_rank', ARRAY['int4']),
		(false, 'version', ARRAY['varchar', 'text']),
		(false, 'description', ARRAY['varchar', 'text']),
		(false, 'type', ARRAY['varchar', 'text']),
		(false, 'script', ARRAY['varchar', 'text']),
		(false, 'checksum', ARRAY['int4']),
		(false, 'installed_by', ARRAY['varchar', 'text']),
		(false, 'installed_on', ARRAY['timestamp', 'timestamptz']),
		(false, 'execution_time', ARRAY['int4']),
		(false, 'success', ARRAY['bool']),
		(true, 'id', ARRAY['int8']),
		(true, 'format', ARRAY['int4']),
		(true, 'run_id', ARRAY['uuid']),
		(true, 'script', ARRAY['text']),
		(true, 'version', ARRAY['text']),
		(true, 'type', ARRAY['text']),
		(true, 'statement', ARRAY['int4']),
		(true, 'statements', ARRAY['int4']),
		(true, 'statement_hash', ARRAY['int4']),
		(true, 'body_hash', ARRAY['int4']),
		(true, 'state', ARRAY['text']),
		(true, 'attempt', ARRAY['int4']),
		(true, 'lock_wait_ms', ARRAY['int4']),
		(true, 'started', ARRAY['timestamptz']),
		(true, 'finished', ARRAY['timestamptz']),
		(true, 'before', ARRAY['jsonb']),
		(true, 'checkpoint', ARRAY['jsonb']),
		(true, 'sqlstate', ARRAY['text']),
		(true, 'error', ARRAY['text']),
		(true, 'backend_pid', ARRAY['int4']),
		(true, 'installed_by', ARRAY['text']),
		(true, 'host', ARRAY['text']),
		(true, 'pid', ARRAY['int4']),
		(true, 'tool_version', ARRAY['text']),
		(true, 'git_commit', ARRAY['text'])
)
SELECT
	place.name,
	pg_catalog.current_schema(),
	pg_catalog.current_setting('search_path'),
	CURRENT_USER,
	n.oid IS NOT NULL AS schema_exists,
	NOT EXISTS (
		SELECT FROM pg_catalog.pg_class o
		LEFT JOIN pg_catalog.pg_depend d
			ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
			AND d.objid OPERATOR(pg_catalog.=) o.oid
			AND (d.deptype OPERATOR(pg_catalog.=) 'e' OR o.relkind OPERATOR(pg_catalog.=) 'S'
				AND d.deptype OPERATOR(pg_catalog.=) ANY (ARRAY['a', 'i']::pg_catalog."char"[]))
		WHERE o.relnamespace OPERATOR(pg_catalog.=) n.oid AND d.objid IS NULL
		AND o.relname OPERATOR(pg_catalog.=) ANY (ARRAY[$2, $3, $4, $5]::pg_catalog.text[]) IS NOT TRUE
		AND o.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'p', 'v', 'm', 'f', 'S', 'c']::pg_catalog."char"[])
	) AND NOT EXISTS (
		SELECT FROM pg_catalog.pg_type o
		LEFT JOIN pg_catalog.pg_depend d
			ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_type'::pg_catalog.regclass
			AND d.objid OPERATOR(pg_catalog.=) o.oid
			AND d.deptype OPERATOR(pg_catalog.=) 'e'
		WHERE o.typnamespace OPERATOR(pg_catalog.=) n.oid AND d.objid IS NULL
		AND o.typcategory OPERATOR(pg_catalog.<>) ALL (ARRAY['A', 'C']::pg_catalog."char"[])
	) AND NOT EXISTS (
		SELECT FROM pg_catalog.pg_proc o
		LEFT JOIN pg_catalog.pg_depend d
			ON d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass
			AND d.objid OPERATOR(pg_catalog.=) o.oid
			AND d.deptype OPERATOR(pg_catalog.=) 'e'
		WHERE o.pronamespace OPERATOR(pg_catalog.=) n.oid AND d.objid IS NULL
	) AS schema_empty,
	c.relname,
	c.relkind,
	owner.rolname AS owner,
	owner.rolsuper OR owner.oid OPERATOR(pg_catalog.=) db.datdba OR EXISTS (
		SELECT FROM trusted t WHERE t.oid OPERATOR(pg_catalog.=) owner.oid
	) AS owner_trusted,
	(
		SELECT pg_catalog.min(t.tgname::pg_catalog.text) FROM pg_catalog.pg_trigger t
		WHERE t.tgrelid OPERATOR(pg_catalog.=) c.oid AND NOT t.tgisinternal
	) AS trigger,
	(
		SELECT pg_catalog.min(r.rulename::pg_catalog.text) FROM pg_catalog.pg_rewrite r
		WHERE r.ev_class OPERATOR(pg_catalog.=) c.oid
	) AS rule,
	c.relrowsecurity OR c.relforcerowsecurity AS row_security,
	EXISTS (
		SELECT FROM pg_catalog.pg_inherits i
		WHERE i.inhrelid OPERATOR(pg_catalog.=) c.oid OR i.inhparent OPERATOR(pg_catalog.=) c.oid
	) AS inherits,
	(
		SELECT pg_catalog.string_agg(w.name, ', ' ORDER BY w.name)
		FROM wanted w
		LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) c.oid
			AND a.attname OPERATOR(pg_catalog.=) w.name AND NOT a.attisdropped
		LEFT JOIN pg_catalog.pg_type t ON t.oid OPERATOR(pg_catalog.=) a.atttypid
			AND t.typnamespace OPERATOR(pg_catalog.=) 'pg_catalog'::pg_catalog.regnamespace
			AND t.typname OPERATOR(pg_catalog.=) ANY (w.type)
		WHERE t.oid IS NULL
		AND w.journal OPERATOR(pg_catalog.=)
			(c.relname OPERATOR(pg_catalog.=) ANY (ARRAY[$3, $5]::pg_catalog.text[]) IS TRUE)
	) AS wrong_columns,
	(
		SELECT pg_catalog.string_agg(a.attname, ', ' ORDER BY a.attnum)
		FROM pg_catalog.pg_attribute a
		WHERE a.attrelid OPERATOR(pg_catalog.=) c.oid
		AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
		AND a.attnotnull AND NOT a.atthasdef AND a.attidentity OPERATOR(pg_catalog.=) ''
		AND NOT EXISTS (
			SELECT FROM wanted w WHERE w.name OPERATOR(pg_catalog.=) a.attname
			AND w.journal OPERATOR(pg_catalog.=)
				(c.relname OPERATOR(pg_catalog.=) ANY (ARRAY[$3, $5]::pg_catalog.text[]) IS TRUE)
		)
	) AS needless_columns,
	pg_catalog.has_schema_privilege(n.oid, 'USAGE')
		AND pg_catalog.has_table_privilege(c.oid, 'SELECT') AS readable,
	pg_catalog.has_table_privilege(c.oid, 'INSERT')
		AND pg_catalog.has_table_privilege(c.oid, 'UPDATE') AS writable
FROM place
LEFT JOIN pg_catalog.pg_namespace n ON n.nspname OPERATOR(pg_catalog.=) place.name
LEFT JOIN pg_catalog.pg_class c ON c.relnamespace OPERATOR(pg_catalog.=) n.oid
	AND c.relname OPERATOR(pg_catalog.=) ANY (ARRAY[$2, $3, $4, $5]::pg_catalog.text[])
LEFT JOIN pg_catalog.pg_roles owner ON owner.oid OPERATOR(pg_catalog.=) c.relowner
LEFT JOIN pg_catalog.pg_database db ON db.datname OPERATOR(pg_catalog.=) pg_catalog.current_database();
