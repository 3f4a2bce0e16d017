-- The constraints of tables $1 (oids), and the foreign keys of others to them, a row for each of
-- their columns: its table, its name, its kind, is it valid, the column (null where there is none),
-- the referenced table (schema, name, oid), its text, and its table's schema and name.
SELECT k.conrelid, k.conname, k.contype, k.convalidated, a.attname,
       rs.nspname, r.relname, k.confrelid, pg_catalog.pg_get_constraintdef(k.oid), ts.nspname, t.relname
  FROM pg_catalog.pg_constraint k
  JOIN pg_catalog.pg_class t ON t.oid OPERATOR(pg_catalog.=) k.conrelid
  JOIN pg_catalog.pg_namespace ts ON ts.oid OPERATOR(pg_catalog.=) t.relnamespace
  LEFT JOIN LATERAL pg_catalog.unnest(k.conkey) WITH ORDINALITY AS n(attnum, n) ON true
  LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) k.conrelid
   AND a.attnum OPERATOR(pg_catalog.=) n.attnum
  LEFT JOIN pg_catalog.pg_class r ON r.oid OPERATOR(pg_catalog.=) k.confrelid
  LEFT JOIN pg_catalog.pg_namespace rs ON rs.oid OPERATOR(pg_catalog.=) r.relnamespace
 WHERE (k.conrelid OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.oid[])
        OR k.confrelid OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.oid[]))
   AND k.contype OPERATOR(pg_catalog.=) ANY (ARRAY['c', 'f', 'n', 'p', 'u', 'x']::pg_catalog."char"[])
 ORDER BY k.conrelid, k.conname, n.n;
