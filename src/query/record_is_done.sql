-- Was the file $2 committed by run $1?  Its journal row was written in the same transaction.
SELECT EXISTS (
       SELECT FROM :"schema".:"journal" j
        WHERE j.run_id OPERATOR(pg_catalog.=) $1::pg_catalog.uuid
          AND j.script OPERATOR(pg_catalog.=) $2::pg_catalog.text
          AND j.statement IS NULL
          AND j.state OPERATOR(pg_catalog.=) 'done');
