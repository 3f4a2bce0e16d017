-- What is to be done about a statement whose outcome is not known, by what was there before it
-- ($1, from leftover_before).  No row: run it (again).  "done": it was carried out.  "drop": the
-- index (name) that it left behind is to be dropped first.  "busy": somebody (pid) works on that
-- index at this moment.  "finalize": its second half (name) is to be done.  "unknown": cannot be told.
WITH before AS (
	SELECT $1::pg_catalog.jsonb AS facts,
	       $1::pg_catalog.jsonb OPERATOR(pg_catalog.->>) 'does' AS does,
	       $1::pg_catalog.jsonb OPERATOR(pg_catalog.->>) 'name' AS name
), indexes AS (
	SELECT pg_catalog.format('%I.%I', s.nspname, c.relname) AS name,
	       c.relname,
	       -- Does PostgreSQL call an index so that was given no name?  A long table is cut short.
	       c.relname OPERATOR(pg_catalog.~) '_idx[0-9]*$'
	       AND (SELECT pg_catalog.starts_with(c.relname::pg_catalog.text,
	                                          pg_catalog."left"(p.relname::pg_catalog.text, 6))
	              FROM pg_catalog.pg_class p
	             WHERE p.oid OPERATOR(pg_catalog.=) x.indrelid) AS named_by_server,
	       x.indisvalid,
	       -- Under this name: behind its swap REINDEX leaves the old index as ..._ccold.
	       COALESCE(((b.facts OPERATOR(pg_catalog.->) 'indexes')
	                 OPERATOR(pg_catalog.->>) c.oid::pg_catalog.text)
	                OPERATOR(pg_catalog.=) c.relname::pg_catalog.text, false) AS old,
	       -- A DBA may build or rebuild it at this moment; a new index is not locked itself.
	       (SELECT pg_catalog.min(l.pid) FROM pg_catalog.pg_locks l
	         WHERE l.locktype OPERATOR(pg_catalog.=) 'relation'
	           AND l.database OPERATOR(pg_catalog.=) (SELECT d.oid FROM pg_catalog.pg_database d
	               WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database())
	           AND (l.relation OPERATOR(pg_catalog.=) c.oid
	                OR (b.does OPERATOR(pg_catalog.=) 'create index'
	                    AND l.relation OPERATOR(pg_catalog.=) x.indrelid))
	           AND l.granted
	           AND l.mode OPERATOR(pg_catalog.=) 'ShareUpdateExclusiveLock'
	           AND l.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()) AS pid
	  FROM before b
	 CROSS JOIN LATERAL pg_catalog.jsonb_array_elements_text(
	       CASE WHEN pg_catalog.jsonb_typeof(b.facts OPERATOR(pg_catalog.->) 'tables')
	                 OPERATOR(pg_catalog.=) 'array'
	       THEN b.facts OPERATOR(pg_catalog.->) 'tables' ELSE '[]' END) AS t(oid)
	  JOIN pg_catalog.pg_index x ON x.indrelid OPERATOR(pg_catalog.=) t.oid::pg_catalog.oid
	  JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) x.indexrelid
	   AND c.relkind OPERATOR(pg_catalog.=) 'i'
	  JOIN pg_catalog.pg_namespace s ON s.oid OPERATOR(pg_catalog.=) c.relnamespace
), made AS (
	SELECT i.*, pg_catalog.count(*) OVER () AS all_of_them, b.name IS NULL AS unnamed
	  FROM before b, indexes i
	 WHERE b.does OPERATOR(pg_catalog.=) 'create index'
	   AND (CASE WHEN b.name IS NULL THEN i.named_by_server
             ELSE i.relname OPERATOR(pg_catalog.=) b.name END)
	   AND (NOT i.old
	        OR (NOT i.indisvalid
	            AND (b.facts OPERATOR(pg_catalog.->>) 'if_not_exists')::pg_catalog.bool))
)
SELECT CASE WHEN m.unnamed AND m.all_of_them OPERATOR(pg_catalog.>) 1 THEN 'unknown'
            WHEN m.indisvalid THEN 'done'
            WHEN m.pid IS NOT NULL THEN 'busy'
            ELSE 'drop' END AS action,
       m.name,
       m.pid AS pid
  FROM made m
UNION ALL
SELECT 'drop', i.name, NULL
  FROM before b, indexes i
 WHERE b.does OPERATOR(pg_catalog.~~) 'reindex%'
   AND NOT i.indisvalid AND NOT i.old AND i.pid IS NULL
   AND i.relname OPERATOR(pg_catalog.~) '_cc(new|old)[0-9]*$'
UNION ALL
SELECT 'done', NULL, NULL
  FROM before b
 WHERE b.does OPERATOR(pg_catalog.=) 'drop index'
   AND (b.facts OPERATOR(pg_catalog.->>) 'oid') IS NOT NULL
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c
                    WHERE c.oid OPERATOR(pg_catalog.=)
                          (b.facts OPERATOR(pg_catalog.->>) 'oid')::pg_catalog.oid)
UNION ALL
SELECT CASE WHEN h.inhrelid IS NULL THEN 'done' ELSE 'finalize' END,
       (SELECT pg_catalog.format('ALTER TABLE %I.%I DETACH PARTITION %I.%I FINALIZE',
                                 ps.nspname, p.relname, cs.nspname, c.relname)
          FROM pg_catalog.pg_class p
          JOIN pg_catalog.pg_namespace ps ON ps.oid OPERATOR(pg_catalog.=) p.relnamespace
          JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) h.inhrelid
          JOIN pg_catalog.pg_namespace cs ON cs.oid OPERATOR(pg_catalog.=) c.relnamespace
         WHERE p.oid OPERATOR(pg_catalog.=) h.inhparent),
       NULL
  FROM before b
  LEFT JOIN pg_catalog.pg_inherits h
    ON h.inhparent OPERATOR(pg_catalog.=)
       (b.facts OPERATOR(pg_catalog.->>) 'oid')::pg_catalog.oid
   AND h.inhrelid OPERATOR(pg_catalog.=)
       (b.facts OPERATOR(pg_catalog.->>) 'part')::pg_catalog.oid
 WHERE b.does OPERATOR(pg_catalog.=) 'detach'
   AND (b.facts OPERATOR(pg_catalog.->>) 'oid') IS NOT NULL
   -- The column exists from 14 on, as the statement does.
   AND (h.inhrelid IS NULL
        OR (pg_catalog.to_jsonb(h) OPERATOR(pg_catalog.->>) 'inhdetachpending')::pg_catalog.bool)
UNION ALL
SELECT 'done', NULL, NULL
  FROM before b
 WHERE b.does OPERATOR(pg_catalog.=)
       ANY (ARRAY['create database', 'drop database', 'create tablespace', 'drop tablespace'])
   AND (b.does OPERATOR(pg_catalog.~~) 'create%') OPERATOR(pg_catalog.=)
       ((b.facts OPERATOR(pg_catalog.->>) 'oid') IS NULL)
   AND (b.does OPERATOR(pg_catalog.~~) 'create%') OPERATOR(pg_catalog.=)
       (EXISTS (SELECT FROM pg_catalog.pg_database d
                 WHERE b.does OPERATOR(pg_catalog.~~) '%database'
                   AND d.datname OPERATOR(pg_catalog.=) (b.facts OPERATOR(pg_catalog.->>) 'name')
                   -- -2: its DROP was interrupted.
                   AND d.datconnlimit OPERATOR(pg_catalog.<>) (-2))
        OR EXISTS (SELECT FROM pg_catalog.pg_database d
                 WHERE b.does OPERATOR(pg_catalog.=) 'drop database'
                   AND d.datname OPERATOR(pg_catalog.=) (b.facts OPERATOR(pg_catalog.->>) 'name'))
        OR EXISTS (SELECT FROM pg_catalog.pg_tablespace s
                 WHERE b.does OPERATOR(pg_catalog.~~) '%tablespace'
                   AND s.spcname OPERATOR(pg_catalog.=) (b.facts OPERATOR(pg_catalog.->>) 'name')));
