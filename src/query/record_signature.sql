-- What the history is now, in short; the row of the schema comes with the table.
SELECT pg_catalog.format('%s/%s/%s', pg_catalog.count(*),
                         pg_catalog.count(*) FILTER (WHERE h.success),
                         coalesce(pg_catalog.max(h.installed_rank), 0))
  FROM :"schema".:"table" h
 WHERE h.type OPERATOR(pg_catalog.<>) 'SCHEMA';
