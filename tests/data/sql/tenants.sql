DO $$ DECLARE s name; BEGIN
	FOR s IN SELECT nspname FROM pg_namespace WHERE nspname LIKE 'tenant\_%' LOOP
		EXECUTE format('ALTER TABLE %I.users ADD COLUMN IF NOT EXISTS locale text DEFAULT ''en;''', s);
	END LOOP; END $$;
CREATE FUNCTION tenant() RETURNS uuid STABLE LANGUAGE sql RETURN nullif(current_setting('app.tenant', true), '')::uuid;
CREATE POLICY tenant ON documents USING (tenant_id = tenant()) WITH CHECK (tenant_id = tenant());
ALTER TABLE documents ALTER COLUMN tenant_id SET DEFAULT tenant(), ENABLE ROW LEVEL SECURITY;
SELECT set_config('app.tenant', '00000000-0000-0000-0000-000000000000', false)
;
