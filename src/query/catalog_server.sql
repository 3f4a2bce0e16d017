-- What stands in the way of the whole run: the oldest transaction of this database, in
-- milliseconds, its pid, user and application; and the replica that is furthest behind, by name,
-- in milliseconds and bytes (null without one, or without the right to see it).
SELECT o.age, o.pid, o.who, r.name, r.lag, r.behind
  FROM (VALUES (1)) AS one(n)
  LEFT JOIN LATERAL (
       SELECT pg_catalog.floor(extract(epoch FROM pg_catalog.clock_timestamp()
                  OPERATOR(pg_catalog.-) a.xact_start)::pg_catalog.float8
                  OPERATOR(pg_catalog.*) 1000::pg_catalog.float8)::pg_catalog.int8 AS age,
              a.pid, pg_catalog.concat_ws(', ', a.usename, CASE WHEN a.application_name OPERATOR(pg_catalog.<>) '' THEN a.application_name END) AS who
         FROM pg_catalog.pg_stat_activity a
        WHERE a.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
          AND a.xact_start IS NOT NULL
          AND a.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()
        ORDER BY a.xact_start
        LIMIT 1) AS o ON true
  LEFT JOIN LATERAL (
       SELECT COALESCE(CASE WHEN w.application_name OPERATOR(pg_catalog.<>) '' THEN w.application_name END, w.client_addr::pg_catalog.text) AS name,
              pg_catalog.floor(extract(epoch FROM w.replay_lag)::pg_catalog.float8
                  OPERATOR(pg_catalog.*) 1000::pg_catalog.float8)::pg_catalog.int8 AS lag,
              pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), w.replay_lsn)::pg_catalog.int8 AS behind
         FROM pg_catalog.pg_stat_replication w
        WHERE NOT pg_catalog.pg_is_in_recovery() AND w.replay_lsn IS NOT NULL
        ORDER BY w.replay_lsn
        LIMIT 1) AS r ON true;
