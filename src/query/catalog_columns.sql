-- The columns of tables $1 (oids): table, name, schema and name of the type (of an array: of its
-- elements), the type as written, is it an array, up to two modifiers, is it NOT NULL, has it a
-- default, is it generated.
SELECT a.attrelid, a.attname, s.nspname, e.typname, f.written,
       t.typelem OPERATOR(pg_catalog.<>) 0::pg_catalog.oid AND t.typlen OPERATOR(pg_catalog.=) (-1)::pg_catalog.int2,
       m.parts[1], m.parts[2], a.attnotnull, a.atthasdef,
       a.attgenerated OPERATOR(pg_catalog.<>) ''::pg_catalog."char"
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_type t ON t.oid OPERATOR(pg_catalog.=) a.atttypid
  JOIN pg_catalog.pg_type e ON e.oid OPERATOR(pg_catalog.=)
       CASE WHEN t.typelem OPERATOR(pg_catalog.<>) 0::pg_catalog.oid
             AND t.typlen OPERATOR(pg_catalog.=) (-1)::pg_catalog.int2 THEN t.typelem ELSE t.oid END
  JOIN pg_catalog.pg_namespace s ON s.oid OPERATOR(pg_catalog.=) e.typnamespace
 CROSS JOIN LATERAL (SELECT pg_catalog.format_type(a.atttypid, a.atttypmod) AS written) AS f
 CROSS JOIN LATERAL (
       SELECT pg_catalog.regexp_match(f.written, '[(]([0-9]+)(?:,(-?[0-9]+))?[)]') AS parts) AS m
 WHERE a.attrelid OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.oid[])
   AND a.attnum OPERATOR(pg_catalog.>) 0::pg_catalog.int2 AND NOT a.attisdropped
 ORDER BY a.attrelid, a.attnum;
