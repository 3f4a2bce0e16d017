-- The history, oldest first, with what the journal knows of each file's newest success.  Behind it,
-- without a rank, the files of which the journal says that nobody knows what became of them: until
-- they are in the history, or somebody has decided (journal_mark.sql).  Of a version that was undone
-- an older row tells nothing.
SELECT
	h.installed_rank, h.version::pg_catalog.text, h.description::pg_catalog.text,
	h.type::pg_catalog.text, h.script::pg_catalog.text, h.checksum,
	h.installed_by::pg_catalog.text,
	pg_catalog.to_char(h.installed_on, 'YYYY-MM-DD HH24:MI:SS') AS installed_on,
	pg_catalog.to_char(h.installed_on::timestamp with time zone AT TIME ZONE 'UTC',
		'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS installed_on_utc,
	h.execution_time, h.success, j.body_hash, newest.format, newest.tool_version
FROM :"schema".:"table" h
LEFT JOIN (
	SELECT DISTINCT ON (n.script) n.script, n.body_hash
	FROM :"schema".:"journal" n
	WHERE n.statement IS NULL AND n.state OPERATOR(pg_catalog.=) 'done'
	ORDER BY n.script, n.id DESC
) j ON j.script OPERATOR(pg_catalog.=) h.script::pg_catalog.text
LEFT JOIN (
	SELECT n.format, n.tool_version FROM :"schema".:"journal" n ORDER BY n.id DESC LIMIT 1
) newest ON true
UNION ALL
SELECT
	NULL, u.version::pg_catalog.text, NULL, u.type::pg_catalog.text, u.script::pg_catalog.text,
	NULL, u.installed_by::pg_catalog.text,
	pg_catalog.to_char(u.started, 'YYYY-MM-DD HH24:MI:SS'),
	pg_catalog.to_char(u.started AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
	NULL, false, NULL, NULL, NULL
FROM :"schema".:"journal" u
WHERE u.statement IS NULL
  AND u.state OPERATOR(pg_catalog.=) 'unknown'
  AND NOT EXISTS (
	SELECT FROM :"schema".:"journal" n
	 WHERE n.script OPERATOR(pg_catalog.=) u.script
	   AND n.statement IS NULL
	   AND n.id OPERATOR(pg_catalog.>) u.id)
  AND NOT EXISTS (
	SELECT FROM :"schema".:"table" s
	 WHERE s.script::pg_catalog.text OPERATOR(pg_catalog.=) u.script::pg_catalog.text
	   AND s.success
	   AND (s.installed_on::timestamp with time zone OPERATOR(pg_catalog.>) u.started
	        OR (u.version IS NOT NULL AND NOT EXISTS (
			SELECT FROM :"schema".:"table" t
			 WHERE t.version::pg_catalog.text OPERATOR(pg_catalog.=) s.version::pg_catalog.text
			   AND t.type::pg_catalog.text OPERATOR(pg_catalog.~~) 'UNDO%'))))
ORDER BY installed_rank;
