-- Step 2.  Whoever writes one column writes both: the old app, which knows "name" only, and the new
-- one, which knows "full_name" only.  A trigger can be had for a moment's lock; it also waits for the
-- transactions that write the table, so behind it nobody writes without it.
-- migrate:phase expand
CREATE FUNCTION users_write_both() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'INSERT' THEN
		NEW.full_name := coalesce(NEW.full_name, NEW.name);
		NEW.name := coalesce(NEW.name, NEW.full_name);
	ELSIF NEW.full_name IS DISTINCT FROM OLD.full_name THEN
		NEW.name := NEW.full_name;
	ELSE
		NEW.full_name := NEW.name;
	END IF;
	RETURN NEW;
END;
$$;

-- migrate:allow create-trigger it is there to write both
CREATE TRIGGER users_write_both BEFORE INSERT OR UPDATE ON users
	FOR EACH ROW EXECUTE FUNCTION users_write_both();
