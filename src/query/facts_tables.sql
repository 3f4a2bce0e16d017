-- The existing tables behind the names that pending statements lock: for item n of the three
-- arrays (kind: table, index, constraint, referenced, referencing or column; a quoted, maybe
-- qualified name; the name of a constraint or column) the oid, the quoted name, the kind of
-- relation, and whether it is locked as a partition only (a partitioned table locks its partitions
-- too, except where a partition is dropped).
SELECT i.n,
       t.oid,
       pg_catalog.format('%I.%I', s.nspname, t.relname),
       t.relkind,
       t.oid OPERATOR(pg_catalog.<>) target.oid
  FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[]),
                  pg_catalog.unnest($3::pg_catalog.text[]))
       WITH ORDINALITY AS i(kind, name, part, n)
 CROSS JOIN LATERAL (SELECT pg_catalog.to_regclass(i.name)::pg_catalog.oid AS oid) AS named
 CROSS JOIN LATERAL (
       SELECT named.oid, false WHERE i.kind OPERATOR(pg_catalog.=) 'table'
       UNION ALL
       SELECT x.indrelid, false FROM pg_catalog.pg_index x
        WHERE i.kind OPERATOR(pg_catalog.=) 'index' AND x.indexrelid OPERATOR(pg_catalog.=) named.oid
       UNION ALL
       SELECT h.inhparent, true FROM pg_catalog.pg_inherits h
         JOIN pg_catalog.pg_class p ON p.oid OPERATOR(pg_catalog.=) h.inhrelid
        WHERE i.kind OPERATOR(pg_catalog.=) 'referenced' AND p.relispartition
          AND h.inhrelid OPERATOR(pg_catalog.=) named.oid
       UNION ALL
       SELECT DISTINCT k.confrelid, false FROM pg_catalog.pg_constraint k
        WHERE k.contype OPERATOR(pg_catalog.=) 'f' AND k.conrelid OPERATOR(pg_catalog.=) named.oid
          AND (i.kind OPERATOR(pg_catalog.=) 'referenced'
               OR (i.kind OPERATOR(pg_catalog.=) 'constraint'
                   AND k.conname OPERATOR(pg_catalog.=) i.part)
               OR (i.kind OPERATOR(pg_catalog.=) 'column'
                   AND EXISTS (SELECT FROM pg_catalog.pg_attribute a
                                WHERE a.attrelid OPERATOR(pg_catalog.=) named.oid
                                  AND a.attname OPERATOR(pg_catalog.=) i.part
                                  AND a.attnum OPERATOR(pg_catalog.=) ANY (k.conkey))))
       UNION ALL
       SELECT DISTINCT k.conrelid, false FROM pg_catalog.pg_constraint k
        WHERE k.contype OPERATOR(pg_catalog.=) 'f' AND k.confrelid OPERATOR(pg_catalog.=) named.oid
          AND (i.kind OPERATOR(pg_catalog.=) 'referencing'
               OR (i.kind OPERATOR(pg_catalog.=) 'column'
                   AND EXISTS (SELECT FROM pg_catalog.pg_attribute a
                                WHERE a.attrelid OPERATOR(pg_catalog.=) named.oid
                                  AND a.attname OPERATOR(pg_catalog.=) i.part
                                  AND a.attnum OPERATOR(pg_catalog.=) ANY (k.confkey))))) AS target(oid, alone)
 CROSS JOIN LATERAL (
       SELECT target.oid
       UNION
       SELECT p.relid FROM pg_catalog.pg_partition_tree(target.oid) p WHERE NOT target.alone) AS tree(oid)
  JOIN pg_catalog.pg_class t ON t.oid OPERATOR(pg_catalog.=) tree.oid
  JOIN pg_catalog.pg_namespace s ON s.oid OPERATOR(pg_catalog.=) t.relnamespace
 WHERE s.nspname OPERATOR(pg_catalog.!~) '^pg_temp_'
 ORDER BY i.n, t.oid OPERATOR(pg_catalog.<>) target.oid, t.oid;
