DROP SCHEMA reporting CASCADE; -- expect: drop-schema
DROP SCHEMA IF EXISTS a, -- expect: drop-schema
	b CASCADE; -- expect: drop-schema
DROP SCHEMA empty;
CREATE SCHEMA fresh;
DROP SCHEMA fresh CASCADE;
