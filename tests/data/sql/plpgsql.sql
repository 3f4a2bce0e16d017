CREATE FUNCTION add_order(customer bigint, VARIADIC skus text[]) RETURNS bigint
LANGUAGE plpgsql STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$
<<outer>>
DECLARE
	new_id bigint;
	sku text;
	total numeric := 0;
	c CURSOR (k int) FOR SELECT * FROM prices WHERE kind = k;
	r record;
BEGIN
	INSERT INTO orders (customer) VALUES (customer) RETURNING id INTO STRICT new_id;
	FOREACH sku IN ARRAY skus LOOP
		SELECT price INTO r FROM products p WHERE p.sku = add_order.sku;
		IF NOT FOUND THEN
			RAISE EXCEPTION 'no product "%"; really', sku
				USING ERRCODE = 'no_data_found', HINT = 'It''s gone; look again.';
		ELSIF r.price IS NULL THEN
			CONTINUE outer WHEN sku IS NULL;
		ELSE
			total := total + r.price;
		END IF;
	END LOOP;
	FOR r IN EXECUTE 'SELECT * FROM t WHERE a = $1 AND b = ''x;''' USING new_id LOOP
		PERFORM pg_notify('orders', r::text);
	END LOOP;
	RETURN new_id;
EXCEPTION
	WHEN unique_violation OR SQLSTATE '23503' THEN
		GET STACKED DIAGNOSTICS sku = MESSAGE_TEXT;
		RAISE NOTICE E'again;\n%', sku;
		RETURN NULL;
	WHEN OTHERS THEN RAISE;
END;
$function$;

CREATE OR REPLACE FUNCTION series(n int) RETURNS SETOF int AS '
DECLARE
	i int := 0; -- it''s old style;
BEGIN
	LOOP
		EXIT WHEN i >= n;
		RETURN NEXT i;
		i := i + 1;
	END LOOP;
END;
' LANGUAGE 'plpgsql' IMMUTABLE PARALLEL SAFE COST 10 ROWS 100;

CREATE FUNCTION many(OUT a int, INOUT b text DEFAULT 'x;y', c anyelement = NULL)
RETURNS SETOF record LANGUAGE plpgsql AS $_$
BEGIN
	RETURN QUERY EXECUTE $q$ SELECT 1, $1 || ';' $q$ USING b;
	CASE c WHEN 1, 2 THEN NULL; ELSE a := 3; END CASE;
END $_$;

CREATE FUNCTION rows(a int) RETURNS TABLE (x int, "end" text) AS $$ BEGIN x := a; RETURN NEXT; END $$ LANGUAGE plpgsql;

ALTER FUNCTION add_order(bigint, text[]) OWNER TO CURRENT_ROLE;
ALTER FUNCTION add_order RENAME TO create_order;
ALTER FUNCTION series(int) SET work_mem = '1MB' RESET ALL CALLED ON NULL INPUT;
DROP FUNCTION IF EXISTS series(int), rows;
COMMENT ON FUNCTION many(text, anyelement) IS $$it's; fine$$;
