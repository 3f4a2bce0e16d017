-- The indexes of table $1 (oid) that serve all its rows, a row for each of their key columns, those
-- of the primary key first: name, is it unique, is it ordered, the column as SQL writes it (null for
-- an expression), is the column NOT NULL, its direction (0: as ORDER BY has it, 3: the other way
-- round), and: does it compare as the column itself does (collation, operators).
SELECT c.relname, x.indisunique,
       pg_catalog.pg_indexam_has_property(c.relam, 'can_order'),
       CASE WHEN a.attnum OPERATOR(pg_catalog.>) 0::pg_catalog.int2
            THEN pg_catalog.quote_ident(a.attname) END,
       COALESCE(a.attnotnull, false),
       x.indoption[n.n OPERATOR(pg_catalog.-) 1],
       COALESCE(x.indcollation[n.n OPERATOR(pg_catalog.-) 1] OPERATOR(pg_catalog.=) a.attcollation, false)
       AND EXISTS (SELECT FROM pg_catalog.pg_opclass o
                     JOIN pg_catalog.pg_opclass d ON d.opcfamily OPERATOR(pg_catalog.=) o.opcfamily
                    WHERE o.oid OPERATOR(pg_catalog.=) x.indclass[n.n OPERATOR(pg_catalog.-) 1]
                      AND d.opcdefault)
  FROM pg_catalog.pg_index x
  JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) x.indexrelid
 CROSS JOIN LATERAL pg_catalog.generate_series(1, x.indnkeyatts::pg_catalog.int4) AS n(n)
  LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) x.indrelid
   AND a.attnum OPERATOR(pg_catalog.=) x.indkey[n.n OPERATOR(pg_catalog.-) 1]
 WHERE x.indrelid OPERATOR(pg_catalog.=) $1::pg_catalog.oid
   AND x.indisvalid AND x.indisready AND x.indislive AND x.indpred IS NULL
 ORDER BY x.indisprimary DESC, c.relname, x.indexrelid, n.n;
