-- The history, oldest first.
SELECT
	h.installed_rank, h.version::pg_catalog.text, h.description::pg_catalog.text,
	h.type::pg_catalog.text, h.script::pg_catalog.text, h.checksum,
	h.installed_by::pg_catalog.text,
	pg_catalog.to_char(h.installed_on, 'YYYY-MM-DD HH24:MI:SS') AS installed_on,
	pg_catalog.to_char(h.installed_on::timestamp with time zone AT TIME ZONE 'UTC',
		'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS installed_on_utc,
	h.execution_time, h.success, NULL::integer AS body_hash,
	NULL::integer AS format, NULL::pg_catalog.text AS tool_version
FROM :"schema".:"table" h
ORDER BY h.installed_rank;
