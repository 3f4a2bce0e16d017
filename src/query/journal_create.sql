-- What happened to each file and statement; Flyway does not look at it.
CREATE TABLE :"schema".:"journal" (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	format integer NOT NULL,
	run_id pg_catalog.uuid NOT NULL,
	script pg_catalog.text NOT NULL,
	version pg_catalog.text,
	type pg_catalog.text NOT NULL,
	statement integer, -- null: the file
	statements integer,
	statement_hash integer,
	body_hash integer,
	state pg_catalog.text NOT NULL CHECK (state OPERATOR(pg_catalog.=) ANY (ARRAY['running', 'done', 'failed', 'unknown'])),
	attempt integer NOT NULL,
	lock_wait_ms integer,
	started timestamp with time zone NOT NULL,
	finished timestamp with time zone,
	before pg_catalog.jsonb,
	checkpoint pg_catalog.jsonb,
	sqlstate pg_catalog.text,
	error pg_catalog.text,
	backend_pid integer,
	installed_by pg_catalog.text,
	host pg_catalog.text,
	pid integer,
	tool_version pg_catalog.text,
	git_commit pg_catalog.text
);
