-- transaction: off
VACUUM FULL orders; -- expect: vacuum-full
VACUUM (FULL, ANALYZE) a, -- expect: vacuum-full
	b; -- expect: vacuum-full
VACUUM FULL; -- expect: vacuum-full
VACUUM (FULL off) orders;
VACUUM ANALYZE orders;
CREATE TABLE fresh (id bigint PRIMARY KEY);
VACUUM FULL fresh;

-- pg_version: 19
-- transaction: off
VACUUM FULL orders; -- expect: vacuum-full
