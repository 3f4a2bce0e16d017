-- What must be known of the server and of the session before anything is done.
SELECT pg_catalog.pg_backend_pid(),
       pg_catalog.pg_is_in_recovery(),
       pg_catalog.current_setting('transaction_read_only'),
       pg_catalog.version(),
       pg_catalog.current_database(),
       CURRENT_USER,
       pg_catalog.current_setting('deadlock_timeout', true),
       pg_catalog.to_char(pg_catalog.now(), 'YYYY-MM-DD HH24:MI:SS'),
       -- The timeline: another one behind a reconnect is another primary.
       CASE WHEN NOT pg_catalog.pg_is_in_recovery()
            THEN pg_catalog."left"(
                     pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8) END;
