-- migrate:phase backfill
ALTER TABLE events VALIDATE CONSTRAINT events_id_new_not_null;
