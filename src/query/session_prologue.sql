-- The settings of our own session, and again behind every RESET ALL.  $1 lock_timeout, $2
-- statement_timeout, $3 search_path ('' leaves it), $4 role ('' leaves it), $5 for the transaction
-- at hand only.
SELECT pg_catalog.set_config('lock_timeout', $1, $5::pg_catalog.bool),
       pg_catalog.set_config('statement_timeout', $2, $5::pg_catalog.bool),
       pg_catalog.set_config('idle_in_transaction_session_timeout', '1min', $5::pg_catalog.bool),
       pg_catalog.set_config('default_transaction_isolation', 'read committed', $5::pg_catalog.bool),
       pg_catalog.set_config('default_transaction_deferrable', 'off', $5::pg_catalog.bool),
       CASE WHEN pg_catalog.current_setting('idle_session_timeout', true) IS NOT NULL
            THEN pg_catalog.set_config('idle_session_timeout', '0', $5::pg_catalog.bool) END,
       CASE WHEN pg_catalog.current_setting('client_connection_check_interval', true) IS NOT NULL
            THEN pg_catalog.set_config('client_connection_check_interval', '1s', $5::pg_catalog.bool) END,
       CASE WHEN pg_catalog.current_setting('transaction_timeout', true) IS NOT NULL
            THEN pg_catalog.set_config('transaction_timeout', '0', $5::pg_catalog.bool) END,
       CASE WHEN pg_catalog.current_setting('synchronous_commit') OPERATOR(pg_catalog.=) 'off'
            THEN pg_catalog.set_config('synchronous_commit', 'on', $5::pg_catalog.bool) END,
       pg_catalog.set_config('tcp_keepalives_idle', '30', $5::pg_catalog.bool),
       pg_catalog.set_config('tcp_keepalives_interval', '10', $5::pg_catalog.bool),
       pg_catalog.set_config('tcp_keepalives_count', '3', $5::pg_catalog.bool),
       pg_catalog.set_config('tcp_user_timeout', '30000', $5::pg_catalog.bool),
       -- Not when connecting: a pooler would leave it to other clients.
       CASE WHEN pg_catalog.current_setting('application_name') OPERATOR(pg_catalog.=) ''
            THEN pg_catalog.set_config('application_name', 'migrate', $5::pg_catalog.bool) END,
       CASE WHEN $3::pg_catalog.text OPERATOR(pg_catalog.<>) ''
            THEN pg_catalog.set_config('search_path', $3, $5::pg_catalog.bool) END,
       CASE WHEN $4::pg_catalog.text OPERATOR(pg_catalog.<>) ''
            THEN pg_catalog.set_config('role', $4, $5::pg_catalog.bool) END;
