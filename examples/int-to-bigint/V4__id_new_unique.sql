-- The index of the primary key to come, built while the app runs.
-- migrate:phase backfill
CREATE UNIQUE INDEX CONCURRENTLY events_id_new ON events (id_new);
