-- hazard: none
CREATE FUNCTION grant_credit(account bigint) RETURNS void LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$ UPDATE public.accounts SET credit = credit + 1 WHERE id = account $$;
