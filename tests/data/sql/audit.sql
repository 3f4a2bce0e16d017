-- An audit log for any table, as many teams have one.
CREATE SCHEMA audit;
REVOKE ALL ON SCHEMA audit FROM public;

CREATE TABLE audit.actions (
	id bigserial PRIMARY KEY,
	table_name regclass NOT NULL,
	transaction_id bigint DEFAULT txid_current(),
	actor text DEFAULT session_user,
	client inet DEFAULT inet_client_addr(),
	action char(1) NOT NULL CHECK (action IN ('I', 'U', 'D', 'T')),
	was jsonb, is_now jsonb, changed text[] GENERATED ALWAYS AS (audit.changed_keys(was, is_now)) STORED
);

CREATE OR REPLACE FUNCTION audit.log() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $body$
DECLARE
	ignored text[] := ARRAY['updated_at'];
	was jsonb; is_now jsonb;
BEGIN
	IF TG_WHEN <> 'AFTER' THEN
		RAISE EXCEPTION 'audit.log() may only run as an AFTER trigger';
	END IF;
	CASE TG_OP
		WHEN 'INSERT' THEN is_now := to_jsonb(NEW);
		WHEN 'UPDATE' THEN
			was := to_jsonb(OLD) - ignored; is_now := to_jsonb(NEW) - ignored;
			IF was = is_now THEN RETURN NULL; END IF; -- nothing; happened
		WHEN 'DELETE' THEN was := to_jsonb(OLD);
	END CASE;
	INSERT INTO audit.actions (table_name, action, was, is_now)
	VALUES (TG_RELID, left(TG_OP, 1), was, is_now);
	RETURN NULL;
EXCEPTION
	WHEN others THEN
		RAISE WARNING E'audit: %\n\tfor \'%\';', SQLERRM, TG_TABLE_NAME;
		RETURN NULL;
END;
$body$;

CREATE FUNCTION audit.attach(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format($sql$
		CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON %s
		FOR EACH ROW EXECUTE FUNCTION audit.log();
	$sql$, target);
END;
$$;
SELECT audit.attach(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname !~ '^(tmp|old);?_';
COMMENT ON FUNCTION audit.attach(regclass) IS $$
Starts the log of a table:
	SELECT audit.attach('public.orders');
$$;
