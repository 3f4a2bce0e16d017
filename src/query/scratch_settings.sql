-- What ALTER DATABASE and ALTER ROLE have set for sessions like this one, the strongest last, as
-- statements for the database $1.  Lists of names are stored as SET takes them.
SELECT pg_catalog.format('ALTER DATABASE %I SET %I TO %s', $1::pg_catalog.text, c.name,
           CASE WHEN c.name OPERATOR(pg_catalog.=) ANY (ARRAY['search_path', 'temp_tablespaces',
                         'local_preload_libraries', 'session_preload_libraries'])
                 AND c.value OPERATOR(pg_catalog.<>) ''
                THEN c.value ELSE pg_catalog.quote_literal(c.value) END)
  FROM pg_catalog.pg_db_role_setting AS s
  LEFT JOIN pg_catalog.pg_database AS d ON d.oid OPERATOR(pg_catalog.=) s.setdatabase
  LEFT JOIN pg_catalog.pg_roles AS r ON r.oid OPERATOR(pg_catalog.=) s.setrole
 CROSS JOIN pg_catalog.unnest(s.setconfig) WITH ORDINALITY AS u (text, number)
 CROSS JOIN LATERAL (
       SELECT pg_catalog.split_part(u.text, '=', 1) AS name,
              pg_catalog.substr(u.text, pg_catalog.strpos(u.text, '=') OPERATOR(pg_catalog.+) 1)
                  AS value) AS c
 WHERE (d.datname IS NULL OR d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database())
   AND (r.rolname IS NULL OR r.rolname OPERATOR(pg_catalog.=) SESSION_USER)
   AND c.name OPERATOR(pg_catalog.<>) 'default_transaction_read_only'
 ORDER BY d.datname IS NOT NULL, r.rolname IS NOT NULL, u.number;
