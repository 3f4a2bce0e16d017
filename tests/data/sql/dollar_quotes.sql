SELECT $$$$, $$;$$, $a$;$a$, $a1_b$ ; $a1_b$, $ä$;$ä$, $_$ $1 $_$;
SELECT $a$ $b$ ; $b$ $a$, $a$ $$ ; $$ $a$, $$ $a$ ; $a$ $$, $a$$$;$a$, $a$;$b$a$, $a$ $A$ ; $a$;
SELECT a$b, a$$b, a$1, _$_ FROM t$1;
PREPARE p (int, text) AS SELECT $1 + 1, $2 || ';', $1::text;
EXECUTE p(1, 'a;');
DEALLOCATE p;
DEALLOCATE ALL;
SELECT $$it's; "quoted" -- comment
/* open
$$;
SELECT $q$ $q $q q$ $1$ $ $$ ; $q$;
SELECT '$$', "$$", /* $$ */ 1; -- $$
SELECT '$a$'; SELECT ';$a$';
COMMENT ON TABLE t IS $comment$
	A table; with $$dollars$$,
	'quotes' and "names".
$comment$;
