-- What must be known of the server and of the session before anything is done.
SELECT pg_catalog.pg_backend_pid(),
       pg_catalog.pg_is_in_recovery(),
       pg_catalog.current_setting('transaction_read_only'),
       pg_catalog.version(),
       pg_catalog.current_database(),
       CURRENT_USER,
       pg_catalog.current_setting('deadlock_timeout', true),
       pg_catalog.to_char(pg_catalog.now(), 'YYYY-MM-DD HH24:MI:SS');
