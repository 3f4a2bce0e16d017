-- hazard: enable-rls
ALTER TABLE documents ENABLE ROW LEVEL SECURITY;
