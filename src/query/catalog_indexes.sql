-- The indexes of tables $1 (oids), a row for each of their key columns: table, name, unique, partial,
-- valid, does a constraint stand on it, and the column (null for an expression).
SELECT x.indrelid, c.relname, x.indisunique, x.indpred IS NOT NULL, x.indisvalid,
       EXISTS (SELECT FROM pg_catalog.pg_constraint k
                WHERE k.conindid OPERATOR(pg_catalog.=) x.indexrelid
                  AND k.conrelid OPERATOR(pg_catalog.=) x.indrelid),
       a.attname
  FROM pg_catalog.pg_index x
  JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) x.indexrelid
 CROSS JOIN LATERAL pg_catalog.generate_series(1, x.indnkeyatts::pg_catalog.int4) AS n(n)
  LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) x.indrelid
   AND a.attnum OPERATOR(pg_catalog.=) x.indkey[n.n OPERATOR(pg_catalog.-) 1]
   AND a.attnum OPERATOR(pg_catalog.<>) 0::pg_catalog.int2
 WHERE x.indrelid OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.oid[])
 ORDER BY x.indrelid, c.relname, n.n;
