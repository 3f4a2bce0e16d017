-- hazard: none
CREATE PROCEDURE purge() LANGUAGE plpgsql AS $$
BEGIN
    DROP TABLE users;
    TRUNCATE orders;
END
$$;
