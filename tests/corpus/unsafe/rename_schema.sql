-- hazard: rename-schema, rename-table
ALTER SCHEMA auth RENAME TO identity;
