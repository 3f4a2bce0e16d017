-- The columns $2 of table $1 (oid), as a key of batches: number, the name as SQL writes it, is it
-- there, its type (without what stands in parentheses behind it), is it NOT NULL, have its values
-- an order, has the table children by inheritance, is it an array, and the schema of the operators
-- of that order when no search_path leads to them: > is then one of another type (citext: of text).
-- $3: a schema that will be in the search_path.
WITH RECURSIVE key AS (
	SELECT i.n, i.name, a.attnum, a.atttypid, a.attnotnull
	  FROM pg_catalog.unnest($2::pg_catalog.text[]) WITH ORDINALITY AS i(name, n)
	  LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) $1::pg_catalog.oid
	   AND a.attname OPERATOR(pg_catalog.=) i.name::pg_catalog.name
	   AND a.attnum OPERATOR(pg_catalog.>) 0::pg_catalog.int2 AND NOT a.attisdropped
), base AS (
	SELECT k.n, k.atttypid AS oid FROM key k
	UNION ALL
	SELECT b.n, t.typbasetype FROM base b
	  JOIN pg_catalog.pg_type t ON t.oid OPERATOR(pg_catalog.=) b.oid
	 WHERE t.typtype OPERATOR(pg_catalog.=) 'd'
), type AS (
	SELECT b.n, t.oid,
	       CASE WHEN t.typtype OPERATOR(pg_catalog.=) 'e' THEN 'anyenum'
	            WHEN t.typtype OPERATOR(pg_catalog.=) 'r' THEN 'anyrange'
	            WHEN t.typtype OPERATOR(pg_catalog.=) 'm' THEN 'anymultirange'
	            WHEN t.typtype OPERATOR(pg_catalog.=) 'c' THEN 'record'
	            ELSE CASE WHEN t.typelem OPERATOR(pg_catalog.<>) 0::pg_catalog.oid
	                       AND t.typlen OPERATOR(pg_catalog.=) (-1)::pg_catalog.int2
	                      THEN 'anyarray' END END AS any_name
	  FROM base b JOIN pg_catalog.pg_type t ON t.oid OPERATOR(pg_catalog.=) b.oid
	 WHERE t.typtype OPERATOR(pg_catalog.<>) 'd'
)
SELECT k.n, pg_catalog.quote_ident(k.name), k.attnum IS NOT NULL,
       pg_catalog.format_type(k.atttypid, -1), k.attnotnull,
       EXISTS (SELECT FROM pg_catalog.pg_opclass o
                 JOIN pg_catalog.pg_am m ON m.oid OPERATOR(pg_catalog.=) o.opcmethod
                  AND m.amname OPERATOR(pg_catalog.=) 'btree'
                 JOIN pg_catalog.pg_type i ON i.oid OPERATOR(pg_catalog.=) o.opcintype
                WHERE o.opcdefault
                  AND (i.oid OPERATOR(pg_catalog.=) t.oid
                       OR i.typname OPERATOR(pg_catalog.=) t.any_name::pg_catalog.name
                       OR EXISTS (SELECT FROM pg_catalog.pg_cast c
                                   WHERE c.castsource OPERATOR(pg_catalog.=) t.oid
                                     AND c.casttarget OPERATOR(pg_catalog.=) i.oid
                                     AND c.castmethod OPERATOR(pg_catalog.=) 'b'
                                     AND c.castcontext OPERATOR(pg_catalog.=) 'i'))),
       EXISTS (SELECT FROM pg_catalog.pg_inherits h
                 JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) h.inhrelid
                WHERE h.inhparent OPERATOR(pg_catalog.=) $1::pg_catalog.oid
                  AND NOT c.relispartition),
       COALESCE(t.any_name OPERATOR(pg_catalog.=) 'anyarray', false),
       (SELECT n.nspname FROM pg_catalog.pg_opclass o
          JOIN pg_catalog.pg_amop p ON p.amopfamily OPERATOR(pg_catalog.=) o.opcfamily
           AND p.amoplefttype OPERATOR(pg_catalog.=) t.oid
           AND p.amoprighttype OPERATOR(pg_catalog.=) t.oid
           AND p.amopstrategy OPERATOR(pg_catalog.=) 5::pg_catalog.int2
          JOIN pg_catalog.pg_am m ON m.oid OPERATOR(pg_catalog.=) o.opcmethod
           AND m.amname OPERATOR(pg_catalog.=) 'btree'
          JOIN pg_catalog.pg_operator g ON g.oid OPERATOR(pg_catalog.=) p.amopopr
          JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) g.oprnamespace
         WHERE o.opcdefault AND o.opcintype OPERATOR(pg_catalog.=) t.oid
           AND NOT pg_catalog.pg_operator_is_visible(g.oid)
           AND n.nspname OPERATOR(pg_catalog.<>) $3::pg_catalog.name)
  FROM key k LEFT JOIN type t ON t.n OPERATOR(pg_catalog.=) k.n
 ORDER BY k.n;
