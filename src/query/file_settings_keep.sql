-- What a file has set when the rows of ours come behind it, for file_settings_return.sql.  Both in
-- the file's transaction.
SELECT pg_catalog.set_config('migrate.session_authorization',
                             pg_catalog.current_setting('session_authorization'), true),
       pg_catalog.set_config('migrate.role', pg_catalog.current_setting('role'), true),
       pg_catalog.set_config('migrate.search_path', pg_catalog.current_setting('search_path'), true),
       pg_catalog.set_config('migrate.lock_timeout', pg_catalog.current_setting('lock_timeout'), true);
