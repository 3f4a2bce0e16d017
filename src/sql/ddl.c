/* SPDX-License-Identifier: MIT */
#include "sql/ddl.h"

#include <string.h>

/* The short names of PostgreSQL's own documentation of this table. */
#define SUE LOCK_SHARE_UPDATE_EXCLUSIVE
#define S LOCK_SHARE
#define SRE LOCK_SHARE_ROW_EXCLUSIVE
#define E LOCK_EXCLUSIVE
#define AE LOCK_ACCESS_EXCLUSIVE

static const struct ddl_fact facts[] = {
	/* Actions of ALTER TABLE, VIEW, INDEX, SEQUENCE, ... */
	{ "ADD COLUMN", ON_TABLE, .mode = AE },
	{ "ADD COLUMN", ON_REFERENCED, .mode = SRE },
	{ "DROP COLUMN", ON_TABLE, .mode = AE },
	{ "DROP COLUMN", ON_COLUMN, .mode = AE },
	{ "ALTER COLUMN TYPE", ON_TABLE, .mode = AE },
	{ "ALTER COLUMN TYPE", ON_COLUMN, .mode = AE },
	{ "ALTER COLUMN OPTIONS", ON_TABLE, .mode = AE, .alone = true },
	{ "SET DEFAULT", ON_TABLE, .mode = AE },
	{ "SET NOT NULL", ON_TABLE, .mode = AE },
	{ "DROP NOT NULL", ON_TABLE, .mode = AE },
	{ "SET EXPRESSION", ON_TABLE, .mode = AE },
	{ "DROP EXPRESSION", ON_TABLE, .mode = AE },
	{ "SET STATISTICS", ON_TABLE, .mode = SUE },
	{ "SET (attribute)", ON_TABLE, .mode = SUE, .alone = true },
	{ "SET STORAGE", ON_TABLE, .mode = AE },
	{ "SET COMPRESSION", ON_TABLE, .mode = AE, .alone = true },
	{ "ADD IDENTITY", ON_TABLE, .mode = AE },
	{ "SET GENERATED", ON_TABLE, .mode = AE },
	{ "DROP IDENTITY", ON_TABLE, .mode = AE },
	{ "ADD CONSTRAINT", ON_TABLE, .mode = AE },
	{ "ADD FOREIGN KEY", ON_TABLE, .mode = SRE },
	{ "ADD FOREIGN KEY", ON_REFERENCED, .mode = SRE },
	{ "ALTER CONSTRAINT", ON_TABLE, .mode = AE },
	{ "ALTER CONSTRAINT ENFORCED", ON_TABLE, .mode = AE },
	{ "ALTER CONSTRAINT ENFORCED", ON_CONSTRAINT, .mode = SRE },
	{ "ALTER CONSTRAINT NOT ENFORCED", ON_TABLE, .mode = AE },
	{ "ALTER CONSTRAINT NOT ENFORCED", ON_CONSTRAINT, .mode = AE },
	{ "VALIDATE CONSTRAINT", ON_TABLE, .mode = SUE },
	{ "DROP CONSTRAINT", ON_TABLE, .mode = AE },
	{ "DROP CONSTRAINT", ON_CONSTRAINT, .mode = AE },
	{ "DROP CONSTRAINT", ON_REFERENCING, .mode = AE },
	{ "RENAME", ON_TABLE, .mode = AE, .alone = true },
	{ "RENAME COLUMN", ON_TABLE, .mode = AE },
	{ "RENAME", ON_INDEX, .mode = SUE },
	{ "SET SCHEMA", ON_TABLE, .mode = AE, .alone = true },
	{ "OWNER TO", ON_TABLE, .mode = AE, .alone = true },
	{ "CLUSTER ON", ON_TABLE, .mode = SUE, .alone = true },
	{ "SET WITHOUT CLUSTER", ON_TABLE, .mode = SUE, .alone = true },
	{ "SET LOGGED", ON_TABLE, .mode = AE, .alone = true },
	{ "SET WITHOUT OIDS", ON_TABLE, .mode = AE, .alone = true },
	{ "SET ACCESS METHOD", ON_TABLE, .mode = AE, .alone = true },
	{ "SET TABLESPACE", ON_TABLE, .mode = AE, .alone = true },
	{ "SET (parameter)", ON_TABLE, .mode = SUE, .alone = true },
	{ "SET (autosummarize)", ON_TABLE, .mode = AE, .alone = true },
	{ "SET (buffering)", ON_TABLE, .mode = AE, .alone = true },
	{ "SET (check_option)", ON_TABLE, .mode = AE, .alone = true },
	{ "SET (fastupdate)", ON_TABLE, .mode = AE, .alone = true },
	{ "SET (gin_pending_list_limit)", ON_TABLE, .mode = AE, .alone = true },
	{ "SET (pages_per_range)", ON_TABLE, .mode = AE, .alone = true },
	{ "SET (security_barrier)", ON_TABLE, .mode = AE, .alone = true },
	{ "SET (security_invoker)", ON_TABLE, .mode = AE, .alone = true },
	{ "SET (user_catalog_table)", ON_TABLE, .mode = AE, .alone = true },
	{ "ENABLE TRIGGER", ON_TABLE, .mode = SRE },
	{ "ENABLE RULE", ON_TABLE, .mode = AE, .alone = true },
	{ "INHERIT", ON_TABLE, .mode = AE, .alone = true },
	{ "INHERIT", ON_INHERITED, .mode = SUE, .alone = true },
	{ "NO INHERIT", ON_TABLE, .mode = AE, .alone = true },
	{ "OF", ON_TABLE, .mode = AE, .alone = true },
	{ "REPLICA IDENTITY", ON_TABLE, .mode = AE, .alone = true },
	{ "ROW LEVEL SECURITY", ON_TABLE, .mode = AE, .alone = true },
	{ "OPTIONS", ON_TABLE, .mode = AE, .alone = true },
	{ "ATTACH PARTITION", ON_TABLE, .mode = SUE, .alone = true },
	{ "ATTACH PARTITION", ON_PARTITION, .mode = AE },
	{ "DETACH PARTITION", ON_TABLE, .mode = AE, .alone = true },
	{ "DETACH PARTITION", ON_PARTITION, .mode = SUE, .until = 13 },
	{ "DETACH PARTITION", ON_PARTITION, .mode = AE, .from = 14 },
	/* Its second half waits for ACCESS EXCLUSIVE on the partition. */
	{ "DETACH PARTITION CONCURRENTLY", ON_TABLE, .mode = SUE, .alone = true },
	{ "DETACH PARTITION CONCURRENTLY", ON_PARTITION, .mode = AE },
	{ "DETACH PARTITION FINALIZE", ON_TABLE, .mode = SUE, .alone = true },
	{ "DETACH PARTITION FINALIZE", ON_PARTITION, .mode = AE },
	{ "SPLIT PARTITION", ON_TABLE, .mode = AE, .alone = true },
	{ "SPLIT PARTITION", ON_PARTITION, .mode = AE },
	/* An action that the grammar does not know: the safe side. */
	{ "ALTER", ON_TABLE, .mode = AE },

	/* Statements. */
	{ "ALTER POLICY", ON_TABLE, .mode = AE, .alone = true },
	{ "ALTER PUBLICATION", ON_TABLE, .mode = SUE },
	{ "ALTER SEQUENCE", ON_TABLE, .mode = SRE },
	{ "ANALYZE", ON_TABLE, .mode = SUE },
	{ "CLUSTER", ON_TABLE, .mode = AE },
	{ "COMMENT", ON_TABLE, .mode = SUE, .alone = true },
	{ "COMMENT", ON_INDEX, .mode = SUE },
	{ "CREATE INDEX", ON_TABLE, .mode = S },
	{ "CREATE INDEX CONCURRENTLY", ON_TABLE, .mode = SUE },
	{ "CREATE POLICY", ON_TABLE, .mode = AE, .alone = true },
	{ "CREATE PUBLICATION", ON_TABLE, .mode = SUE },
	{ "CREATE RULE", ON_TABLE, .mode = AE, .alone = true },
	{ "CREATE STATISTICS", ON_TABLE, .mode = SUE, .alone = true },
	{ "CREATE TABLE", ON_PARENT, .mode = AE, .alone = true },
	{ "CREATE TABLE", ON_INHERITED, .mode = SUE, .alone = true },
	{ "CREATE TABLE", ON_REFERENCED, .mode = SRE },
	{ "CREATE TRIGGER", ON_TABLE, .mode = SRE },
	{ "CREATE OR REPLACE VIEW", ON_TABLE, .mode = AE },
	{ "DROP INDEX", ON_INDEX, .mode = AE },
	{ "DROP INDEX CONCURRENTLY", ON_INDEX, .mode = SUE },
	{ "DROP FOREIGN TABLE", ON_TABLE, .mode = AE },
	{ "DROP MATERIALIZED VIEW", ON_TABLE, .mode = AE },
	{ "DROP POLICY", ON_TABLE, .mode = AE, .alone = true },
	{ "DROP RULE", ON_TABLE, .mode = AE, .alone = true },
	{ "DROP SEQUENCE", ON_TABLE, .mode = AE },
	{ "DROP TABLE", ON_TABLE, .mode = AE },
	{ "DROP TABLE", ON_REFERENCES, .mode = AE },
	{ "DROP TABLE", ON_REFERENCING, .mode = AE },
	{ "DROP TRIGGER", ON_TABLE, .mode = AE },
	{ "DROP VIEW", ON_TABLE, .mode = AE },
	{ "REFRESH MATERIALIZED VIEW", ON_TABLE, .mode = AE },
	{ "REFRESH MATERIALIZED VIEW CONCURRENTLY", ON_TABLE, .mode = E },
	/* CONCURRENTLY copies under a weaker lock, and needs this one in the end. */
	{ "REPACK", ON_TABLE, .mode = AE },
	/* Its table is locked in SHARE; but planning a query locks all indexes, so readers wait. */
	{ "REINDEX INDEX", ON_INDEX, .mode = AE },
	{ "REINDEX TABLE", ON_TABLE, .mode = S },
	{ "REINDEX CONCURRENTLY", ON_INDEX, .mode = SUE },
	{ "REINDEX CONCURRENTLY", ON_TABLE, .mode = SUE },
	{ "REINDEX (CONCURRENTLY)", ON_INDEX, .mode = SUE },
	{ "REINDEX (CONCURRENTLY)", ON_TABLE, .mode = SUE },
	{ "SECURITY LABEL", ON_TABLE, .mode = SUE, .alone = true },
	{ "TRUNCATE", ON_TABLE, .mode = AE },
	{ "TRUNCATE", ON_REFERENCING, .mode = AE },
	{ "VACUUM", ON_TABLE, .mode = SUE },
	{ "VACUUM FULL", ON_TABLE, .mode = AE },
};

const struct ddl_fact *
ddl_find(const char *form, enum ddl_on on, int server_version)
{
	int major = server_version / 10000;
	size_t i;

	for (i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		const struct ddl_fact *f = &facts[i];

		if (f->on == on && strcmp(f->form, form) == 0 && major >= f->from &&
		    (f->until == 0 || major <= f->until))
			return f;
	}
	return NULL;
}
