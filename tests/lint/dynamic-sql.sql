DO $$
DECLARE
	t text;
BEGIN
	EXECUTE 'CREATE TABLE a (id int)';
	EXECUTE format('DROP TABLE %I', t); -- expect: dynamic-sql
END $$;
