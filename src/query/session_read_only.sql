-- Where default_transaction_read_only = on comes from: role and database, either may be empty.
SELECT r.rolname, d.datname
  FROM pg_catalog.pg_db_role_setting s
  LEFT JOIN pg_catalog.pg_roles r ON r.oid OPERATOR(pg_catalog.=) s.setrole
  LEFT JOIN pg_catalog.pg_database d ON d.oid OPERATOR(pg_catalog.=) s.setdatabase
 WHERE EXISTS (SELECT FROM pg_catalog.unnest(s.setconfig) AS c
                WHERE c OPERATOR(pg_catalog.~~*) 'default_transaction_read_only=%')
   AND (r.rolname IS NULL OR r.rolname OPERATOR(pg_catalog.=) SESSION_USER)
   AND (d.datname IS NULL OR d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database())
 ORDER BY r.rolname IS NULL, d.datname IS NULL
 LIMIT 1;
