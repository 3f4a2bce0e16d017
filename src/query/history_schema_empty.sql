-- Is nothing in the schema $1 but the history's tables ($2 to $5) and what extensions brought?
SELECT
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
	)
FROM pg_catalog.pg_namespace n
WHERE n.nspname OPERATOR(pg_catalog.=) $1::pg_catalog.text;
