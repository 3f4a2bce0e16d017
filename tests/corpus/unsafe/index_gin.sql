-- hazard: index-not-concurrent
CREATE INDEX documents_body_idx ON documents USING gin (to_tsvector('english', body));
