-- What stands where the history is, or will be: a row for each relation found under one of the
-- names, or one row without; its columns are for history_shape.h.  $1 is the schema or null (then the session's), $2 the table, $3 its
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
)
SELECT
	place.name,
	pg_catalog.current_schema(),
	pg_catalog.current_setting('search_path'),
	CURRENT_USER,
	n.oid IS NOT NULL AS schema_exists,
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
		SELECT pg_catalog.string_agg(pg_catalog.concat(
			CASE WHEN a.attnotnull AND NOT a.atthasdef
				AND a.attidentity OPERATOR(pg_catalog.=) '' THEN '+' ELSE '-' END,
			COALESCE(t.typname::pg_catalog.text, '?'), ' ',
			pg_catalog.translate(a.attname, E'\n', ' ')), E'\n' ORDER BY a.attnum)
		FROM pg_catalog.pg_attribute a
		LEFT JOIN pg_catalog.pg_type t ON t.oid OPERATOR(pg_catalog.=) a.atttypid
			AND t.typnamespace OPERATOR(pg_catalog.=) 'pg_catalog'::pg_catalog.regnamespace
		WHERE a.attrelid OPERATOR(pg_catalog.=) c.oid
		AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
	) AS columns,
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
