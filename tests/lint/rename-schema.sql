ALTER SCHEMA auth RENAME TO identity; -- expect: rename-schema
CREATE SCHEMA fresh;
ALTER SCHEMA fresh RENAME TO newer;
ALTER SCHEMA auth OWNER TO boss;

-- file: U1__auth.sql
ALTER SCHEMA identity RENAME TO auth;
