-- hazard: none
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    DELETE FROM touched;
    RETURN NEW;
END
$$;
