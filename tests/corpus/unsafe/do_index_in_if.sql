-- hazard: index-not-concurrent
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_class WHERE relname = 'users_email_idx') THEN
        CREATE INDEX users_email_idx ON users (email);
    END IF;
END
$$;
