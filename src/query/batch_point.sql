-- How far a file in batches has come, in the transaction of the batch.  Runs with search_path =
-- pg_catalog.  It fails unless the run lock ($2) is ours (format is null), and (22P02) when row $1 of
-- the journal is gone.
WITH kept AS (
	UPDATE :"schema".:"journal" j
	   SET format = CASE WHEN pg_try_advisory_xact_lock($2::int8) THEN j.format END,
	       checkpoint = j.checkpoint || jsonb_build_object(
	           'pass', $3::int8, 'batches', $4::int8, 'rows', $5::int8, 'keys', $6::int8,
	           'size', $7::int8, 'last', to_jsonb($8::text[]), 'end', to_jsonb($9::text[]))
	 WHERE j.id = $1::int8
	RETURNING j.id
)
SELECT CASE WHEN EXISTS (SELECT FROM kept) THEN 1
            ELSE set_config('migrate.fence', 'the row of this file is gone from the journal',
                            true)::int4 END;
