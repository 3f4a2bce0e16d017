CREATE POLICY own ON orders USING (owner = current_user); -- expect: rule-or-policy
ALTER POLICY own ON lines USING (true); -- expect: rule-or-policy
DROP POLICY own ON parts; -- expect: rule-or-policy
CREATE RULE nothing AS ON DELETE TO items DO INSTEAD NOTHING; -- expect: rule-or-policy
DROP RULE nothing ON things; -- expect: rule-or-policy
ALTER TABLE cups DISABLE RULE nothing; -- expect: rule-or-policy
CREATE TABLE fresh (id bigint PRIMARY KEY, owner text);
CREATE POLICY own ON fresh USING (owner = current_user);
DROP SEQUENCE numbers; -- expect: contract-without-phase
ALTER TABLE users ADD COLUMN owner text;
CREATE POLICY own ON users USING (owner = current_user);
