-- The run lock; polled, because a statement that waits for it would hold a snapshot and so end
-- another session's CREATE INDEX CONCURRENTLY in a deadlock.
SELECT pg_catalog.pg_try_advisory_lock($1::pg_catalog.int8);
