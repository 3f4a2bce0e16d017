-- The history, oldest first, with what the journal knows of each file's newest success.
SELECT
	h.installed_rank, h.version::pg_catalog.text, h.description::pg_catalog.text,
	h.type::pg_catalog.text, h.script::pg_catalog.text, h.checksum,
	h.installed_by::pg_catalog.text,
	pg_catalog.to_char(h.installed_on, 'YYYY-MM-DD HH24:MI:SS') AS installed_on,
	pg_catalog.to_char(h.installed_on::timestamp with time zone AT TIME ZONE 'UTC',
		'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS installed_on_utc,
	h.execution_time, h.success, j.body_hash
FROM :"schema".:"table" h
LEFT JOIN (
	SELECT DISTINCT ON (n.script) n.script, n.body_hash
	FROM :"schema".:"journal" n
	WHERE n.statement IS NULL AND n.state OPERATOR(pg_catalog.=) 'done'
	ORDER BY n.script, n.id DESC
) j ON j.script OPERATOR(pg_catalog.=) h.script::pg_catalog.text
ORDER BY h.installed_rank;
