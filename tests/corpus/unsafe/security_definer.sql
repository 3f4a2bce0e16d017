-- hazard: security-definer-search-path
CREATE FUNCTION grant_credit(account bigint) RETURNS void LANGUAGE sql SECURITY DEFINER
    AS $$ UPDATE accounts SET credit = credit + 1 WHERE id = account $$;
