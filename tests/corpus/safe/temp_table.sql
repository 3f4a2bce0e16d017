-- hazard: none
CREATE TEMP TABLE ids AS SELECT id FROM users LIMIT 10;
CREATE INDEX ids_idx ON ids (id);
DROP TABLE ids;
