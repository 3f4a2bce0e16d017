-- The history and its journal, as quoted and schema-qualified names, to ask who holds them.
SELECT pg_catalog.to_regclass($1)::pg_catalog.oid, pg_catalog.to_regclass($2)::pg_catalog.oid;
