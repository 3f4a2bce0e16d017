-- The statement that makes a database with the encoding and the locale of this one; $1 is its name.
SELECT pg_catalog.format('CREATE DATABASE %I TEMPLATE template0 ENCODING %L', $1::pg_catalog.text,
                         pg_catalog.pg_encoding_to_char(d.encoding))
    OPERATOR(pg_catalog.||) CASE
        WHEN d.provider OPERATOR(pg_catalog.=) 'c' THEN ' LOCALE_PROVIDER libc'
        WHEN d.provider OPERATOR(pg_catalog.=) 'i'
        THEN pg_catalog.format(' LOCALE_PROVIDER icu ICU_LOCALE %L', d.locale)
        WHEN d.provider OPERATOR(pg_catalog.=) 'b'
        THEN pg_catalog.format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', d.locale)
        ELSE '' END
    OPERATOR(pg_catalog.||) COALESCE(' ICU_RULES ' OPERATOR(pg_catalog.||)
        pg_catalog.quote_literal(d.facts OPERATOR(pg_catalog.->>) 'daticurules'), '')
    OPERATOR(pg_catalog.||) pg_catalog.format(
        ' LC_COLLATE %L LC_CTYPE %L', d.datcollate, d.datctype)
  FROM (SELECT encoding, datcollate, datctype, f AS facts,
               f OPERATOR(pg_catalog.->>) 'datlocprovider' AS provider,
               -- datlocale from 17 on
               COALESCE(f OPERATOR(pg_catalog.->>) 'datlocale',
                        f OPERATOR(pg_catalog.->>) 'daticulocale') AS locale
          FROM pg_catalog.pg_database AS p, pg_catalog.to_jsonb(p) AS f
         WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database()) AS d;
