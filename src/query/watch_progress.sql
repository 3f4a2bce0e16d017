-- What backend $1 is at, as far as the server reports it: phase, done, total, unit.  ALTER TABLE,
-- DROP INDEX and everything else that reports nothing gives no row.
SELECT CASE WHEN p.partitions_total OPERATOR(pg_catalog.>) 0
            THEN pg_catalog.format('%s (partition %s of %s)', p.phase,
                     LEAST(p.partitions_done OPERATOR(pg_catalog.+) 1, p.partitions_total),
                     p.partitions_total)
            ELSE p.phase
       END,
       u.done,
       u.total,
       u.unit
  FROM pg_catalog.pg_stat_progress_create_index p
  LEFT JOIN LATERAL (
       -- The counts of earlier phases stay: only the phase tells which of them speaks.
       SELECT p.lockers_done, p.lockers_total, 'lockers'
        WHERE pg_catalog.starts_with(p.phase, 'waiting for ')
        UNION ALL
       SELECT p.tuples_done, p.tuples_total, 'tuples'
        WHERE pg_catalog.starts_with(p.phase, 'building index: loading ')
        UNION ALL
       SELECT p.blocks_done, p.blocks_total, 'blocks'
        WHERE p.phase OPERATOR(pg_catalog.=) 'building index' -- of most access methods
           OR pg_catalog.starts_with(p.phase, 'building index: scanning ')
           OR pg_catalog.starts_with(p.phase, 'index validation: scanning ')
       ) AS u(done, total, unit) ON true
 WHERE p.pid OPERATOR(pg_catalog.=) $1::pg_catalog.int4
 UNION ALL
SELECT p.phase, u.done, u.total, u.unit
  FROM pg_catalog.pg_stat_progress_cluster p -- VACUUM FULL too
  LEFT JOIN LATERAL (
       SELECT p.heap_blks_scanned, p.heap_blks_total, 'blocks'
        WHERE p.phase OPERATOR(pg_catalog.=) 'seq scanning heap'
        UNION ALL
       SELECT p.heap_tuples_written, p.heap_tuples_scanned, 'tuples'
        WHERE p.phase OPERATOR(pg_catalog.=) 'writing new heap'
       ) AS u(done, total, unit) ON true
 WHERE p.pid OPERATOR(pg_catalog.=) $1::pg_catalog.int4
 UNION ALL
SELECT p.phase, u.done, u.total, u.unit
  FROM pg_catalog.pg_stat_progress_vacuum p
  LEFT JOIN LATERAL (
       SELECT p.heap_blks_scanned, p.heap_blks_total, 'blocks'
        WHERE p.phase OPERATOR(pg_catalog.=) 'scanning heap'
        UNION ALL
       SELECT p.heap_blks_vacuumed, p.heap_blks_total, 'blocks'
        WHERE p.phase OPERATOR(pg_catalog.=) 'vacuuming heap'
        UNION ALL
       -- From 17 on.
       SELECT (pg_catalog.to_jsonb(p) OPERATOR(pg_catalog.->>) 'indexes_processed')
                  ::pg_catalog.int8,
              (pg_catalog.to_jsonb(p) OPERATOR(pg_catalog.->>) 'indexes_total')::pg_catalog.int8,
              'indexes'
        WHERE p.phase OPERATOR(pg_catalog.=) 'vacuuming indexes'
           OR p.phase OPERATOR(pg_catalog.=) 'cleaning up indexes'
       ) AS u(done, total, unit) ON true
 WHERE p.pid OPERATOR(pg_catalog.=) $1::pg_catalog.int4
 UNION ALL
SELECT p.phase, u.done, u.total, u.unit
  FROM pg_catalog.pg_stat_progress_analyze p
  LEFT JOIN LATERAL (
       SELECT p.ext_stats_computed, p.ext_stats_total, 'statistics'
        WHERE p.phase OPERATOR(pg_catalog.=) 'computing extended statistics'
        UNION ALL
       SELECT p.sample_blks_scanned, p.sample_blks_total, 'blocks'
        WHERE pg_catalog.starts_with(p.phase, 'acquiring ')
       ) AS u(done, total, unit) ON true
 WHERE p.pid OPERATOR(pg_catalog.=) $1::pg_catalog.int4
 UNION ALL
-- pg_stat_progress_copy, which is not there before 14: a view cannot be asked for in a condition.
-- What comes from the client has no total.
SELECT 'copying',
       CASE WHEN c.param2 OPERATOR(pg_catalog.>) 0 THEN c.param1 ELSE c.param3 END,
       c.param2,
       CASE WHEN c.param2 OPERATOR(pg_catalog.>) 0 THEN 'bytes' ELSE 'rows' END
  FROM (SELECT pg_catalog.current_setting('server_version_num')::pg_catalog.int4
                   OPERATOR(pg_catalog.>=) 140000 AS known) AS s
 CROSS JOIN LATERAL pg_catalog.pg_stat_get_progress_info(
           CASE WHEN s.known THEN 'COPY' ELSE 'ANALYZE' END) AS c
 WHERE s.known AND c.pid OPERATOR(pg_catalog.=) $1::pg_catalog.int4;
