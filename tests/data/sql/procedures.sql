CREATE PROCEDURE transfer(sender int, receiver int, amount dec)
LANGUAGE plpgsql
AS $$
BEGIN
	UPDATE accounts SET balance = balance - amount WHERE id = sender;
	UPDATE accounts SET balance = balance + amount WHERE id = receiver;
	COMMIT;
	IF amount > 1000 THEN
		ROLLBACK AND CHAIN;
	END IF;
END;
$$;
CALL transfer(1, 2, 1000.50);
CALL transfer(amount => 1, sender => 2, receiver => 3);

DO LANGUAGE plpgsql $do$ BEGIN RAISE NOTICE 'a;'; END $do$;
DO 'BEGIN PERFORM 1; END' LANGUAGE plpgsql;
DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_type WHERE typname = 'mood') THEN
		CREATE TYPE mood AS ENUM ('a;', 'b');
	END IF;
EXCEPTION WHEN duplicate_object THEN NULL;
END
$$;
DO $outer$
DECLARE body text := $inner$ SELECT 1; $inner$;
BEGIN
	EXECUTE body; EXECUTE $$ SELECT 2; $$;
	-- $outer is not the end, nor $OUTER$;
END
$outer$;
ALTER PROCEDURE transfer(int, int, dec) SECURITY INVOKER;
ALTER ROUTINE transfer DEPENDS ON EXTENSION plpgsql;
DROP PROCEDURE transfer(int, int, dec);
DROP ROUTINE IF EXISTS other;
