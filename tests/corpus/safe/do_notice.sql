-- hazard: none
DO $$
BEGIN
    RAISE NOTICE 'DROP TABLE users';
END
$$;
