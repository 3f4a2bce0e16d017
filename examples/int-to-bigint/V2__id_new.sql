-- ALTER COLUMN id TYPE bigint would rewrite table and indexes while nobody reads or writes.  So a
-- second column grows beside the first, and a trigger fills it for all new rows.
-- migrate:phase expand
ALTER TABLE events ADD COLUMN id_new bigint;

CREATE FUNCTION events_id_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.id_new := NEW.id;
	RETURN NEW;
END;
$$;

CREATE TRIGGER events_id_new BEFORE INSERT OR UPDATE ON events
	FOR EACH ROW EXECUTE FUNCTION events_id_new();
