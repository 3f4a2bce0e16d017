GRANT ALL ON accounts TO app; -- expect: grant-all
GRANT ALL PRIVILEGES ON SCHEMA s TO app; -- expect: grant-all
GRANT ALL ON FUNCTION f(int) TO app;
GRANT SELECT ON accounts TO app;
REVOKE ALL ON accounts FROM app;
