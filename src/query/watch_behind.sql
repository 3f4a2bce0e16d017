-- Who has waited for longer than $2 milliseconds behind backend $1.
SELECT a.pid,
       a.usename,
       a.application_name,
       a.state,
       pg_catalog.floor(extract(epoch FROM pg_catalog.clock_timestamp()
           OPERATOR(pg_catalog.-) w.since))::pg_catalog.int8,
       a.backend_type,
       pg_catalog."left"(a.query, 200)
  FROM pg_catalog.pg_stat_activity a
 CROSS JOIN LATERAL (
       -- waitstart exists from 14 on, and is filled a moment after the wait has begun.
       SELECT coalesce(pg_catalog.min((pg_catalog.to_jsonb(l)
                  OPERATOR(pg_catalog.->>) 'waitstart')::pg_catalog.timestamptz), a.query_start)
              AS since
         FROM pg_catalog.pg_locks l
        WHERE l.pid OPERATOR(pg_catalog.=) a.pid AND NOT l.granted) AS w
 WHERE a.wait_event_type OPERATOR(pg_catalog.=) 'Lock'
   AND a.backend_type OPERATOR(pg_catalog.=) 'client backend'
   AND $1::pg_catalog.int4 OPERATOR(pg_catalog.=) ANY (pg_catalog.pg_blocking_pids(a.pid))
   AND (pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) w.since) OPERATOR(pg_catalog.>)
       ($2::pg_catalog.int8 OPERATOR(pg_catalog.*) '1 ms'::pg_catalog."interval")
 ORDER BY w.since
 LIMIT 3;
