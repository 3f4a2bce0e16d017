-- How far the WAL has come, and each standby that streams it: its name, how far it has replayed,
-- and the lag that it reported last (which does not grow while its replay is paused).
SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), '0/0')::pg_catalog.int8,
       coalesce(nullif(r.application_name, ''), r.pid::pg_catalog.text),
       pg_catalog.pg_wal_lsn_diff(r.replay_lsn, '0/0')::pg_catalog.int8,
       (extract(epoch FROM r.replay_lag) OPERATOR(pg_catalog.*) 1000)::pg_catalog.int8
  FROM (SELECT) AS one
  LEFT JOIN pg_catalog.pg_stat_replication r
    ON r.replay_lsn IS NOT NULL
   -- What decodes is no standby.
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_replication_slots s
                    WHERE s.active_pid OPERATOR(pg_catalog.=) r.pid
                      AND s.slot_type OPERATOR(pg_catalog.=) 'logical')
 ORDER BY 2;
