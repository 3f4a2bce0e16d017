-- hazard: using-index-on-partitioned
CREATE TABLE readings (id bigint NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE UNIQUE INDEX readings_idx ON readings (id, at);
ALTER TABLE readings ADD CONSTRAINT readings_pkey PRIMARY KEY USING INDEX readings_idx;
