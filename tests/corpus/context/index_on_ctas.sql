-- hazard: none
CREATE TABLE recent AS SELECT 1 AS id;
CREATE INDEX recent_id_idx ON recent (id);
