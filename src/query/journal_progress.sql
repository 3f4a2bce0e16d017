-- How far the unfinished files of the history came: the newest row of each of their statements, or
-- one row without a statement.  Only what was written since the history row counts.
WITH opened AS (
	SELECT h.installed_rank, h.script::pg_catalog.text AS script, pg_catalog.min(j.id) AS first
	  FROM :"schema".:"table" h
	  JOIN :"schema".:"journal" j
	    ON j.script OPERATOR(pg_catalog.=) h.script::pg_catalog.text
	   AND j.statement IS NULL
	   AND (j.before OPERATOR(pg_catalog.->>) 'rank') OPERATOR(pg_catalog.=)
	       h.installed_rank::pg_catalog.text
	   AND (j.before OPERATOR(pg_catalog.->>) 'installed_on') OPERATOR(pg_catalog.=)
	       pg_catalog.to_char(h.installed_on, 'YYYY-MM-DD HH24:MI:SS.US')
	 WHERE NOT h.success
	 GROUP BY h.installed_rank, h.script
)
SELECT DISTINCT ON (o.installed_rank, s.statement)
       o.installed_rank, s.statement, s.statement_hash, s.state, s.before::pg_catalog.text,
       (SELECT f.statements FROM :"schema".:"journal" f
         WHERE f.script OPERATOR(pg_catalog.=) o.script AND f.statement IS NULL
         ORDER BY f.id DESC LIMIT 1) AS statements,
       s.checkpoint::pg_catalog.text
  FROM opened o
  LEFT JOIN :"schema".:"journal" s
    ON s.script OPERATOR(pg_catalog.=) o.script
   AND s.id OPERATOR(pg_catalog.>) o.first
   AND s.statement IS NOT NULL
 ORDER BY o.installed_rank, s.statement, s.id DESC;
