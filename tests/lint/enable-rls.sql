ALTER TABLE documents ENABLE ROW LEVEL SECURITY; -- expect: enable-rls
ALTER TABLE letters FORCE ROW LEVEL SECURITY; -- expect: enable-rls
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON orders USING (owner = current_user);
CREATE POLICY own ON lines USING (owner = current_user);
ALTER TABLE lines ENABLE ROW LEVEL SECURITY;
ALTER TABLE archive.lines ENABLE ROW LEVEL SECURITY; -- expect: enable-rls
CREATE TABLE fresh (id bigint PRIMARY KEY);
ALTER TABLE fresh ENABLE ROW LEVEL SECURITY;
ALTER TABLE fresh NO FORCE ROW LEVEL SECURITY;

-- file: V2__hidden_for_a_moment.sql
-- transaction: off
ALTER TABLE parts ENABLE ROW LEVEL SECURITY; -- expect: enable-rls
CREATE POLICY own ON parts USING (owner = current_user);
