-- The row of the journal that run $1 has written for the statement of file $2.
SELECT pg_catalog.max(j.id)
  FROM :"schema".:"journal" j
 WHERE j.run_id OPERATOR(pg_catalog.=) $1::pg_catalog.uuid
   AND j.script OPERATOR(pg_catalog.=) $2::pg_catalog.text
   AND j.statement IS NOT NULL;
