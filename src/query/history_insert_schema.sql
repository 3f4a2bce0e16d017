-- Says that the schema was created for the history: Flyway's clean drops it then.  $1 is the
-- schema in double quotes, $2 installed_by or null.
INSERT INTO :"schema".:"table" ("installed_rank", "version", "description", "type", "script",
	"checksum", "installed_by", "execution_time", "success")
VALUES (0, NULL, '<< Flyway Schema Creation >>', 'SCHEMA', $1, NULL,
	COALESCE($2::pg_catalog.text, CURRENT_USER::pg_catalog.text), 0, true);
