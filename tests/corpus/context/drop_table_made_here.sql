-- hazard: none
CREATE TABLE scratch (id bigint PRIMARY KEY);
INSERT INTO scratch SELECT generate_series(1, 10);
DROP TABLE scratch;
