-- Is the run lock still ours?  Held to the end of the transaction.
SELECT pg_catalog.pg_try_advisory_xact_lock($1::pg_catalog.int8);
