-- hazard: rule-policy-rls, enable-rls
ALTER TABLE documents ENABLE ROW LEVEL SECURITY;
