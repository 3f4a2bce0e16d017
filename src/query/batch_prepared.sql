-- The prepared transactions of this database: one that ran when the file began may be among them
-- under another name.
SELECT p.transaction::pg_catalog.text
  FROM pg_catalog.pg_prepared_xacts p
 WHERE p.database OPERATOR(pg_catalog.=) pg_catalog.current_database();
