-- What a file has set is in force again: what was deferred to its COMMIT runs as it would without
-- us.  The role comes behind the authorization, which resets it.
SELECT pg_catalog.set_config('session_authorization',
                             pg_catalog.current_setting('migrate.session_authorization'), true),
       pg_catalog.set_config('role', pg_catalog.current_setting('migrate.role'), true),
       pg_catalog.set_config('search_path', pg_catalog.current_setting('migrate.search_path'), true),
       pg_catalog.set_config('lock_timeout', pg_catalog.current_setting('migrate.lock_timeout'), true);
