ALTER TABLE documents DISABLE ROW LEVEL SECURITY; -- expect: disable-rls
ALTER TABLE documents NO FORCE ROW LEVEL SECURITY; -- expect: disable-rls
CREATE TABLE fresh (id bigint PRIMARY KEY);
ALTER TABLE fresh DISABLE ROW LEVEL SECURITY;

-- file: U1__documents.sql
ALTER TABLE documents DISABLE ROW LEVEL SECURITY;
