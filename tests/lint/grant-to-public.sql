GRANT ALL ON accounts TO PUBLIC; -- expect: grant-to-public
GRANT SELECT, INSERT ON accounts TO app, PUBLIC; -- expect: grant-to-public
GRANT CREATE ON SCHEMA s TO PUBLIC; -- expect: grant-to-public
GRANT SELECT ON ALL TABLES IN SCHEMA s TO PUBLIC; -- expect: grant-to-public
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC; -- expect: grant-to-public
GRANT EXECUTE ON FUNCTION f(int) TO PUBLIC;
GRANT USAGE ON TYPE color TO PUBLIC;
REVOKE ALL ON accounts FROM PUBLIC;
GRANT SELECT ON accounts TO app;
