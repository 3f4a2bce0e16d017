-- hazard: set-not-null
DO $$
BEGIN
    ALTER TABLE users ALTER COLUMN email SET NOT NULL;
END
$$;
