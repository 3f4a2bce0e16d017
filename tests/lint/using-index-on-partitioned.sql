-- transaction: off
CREATE TABLE events (id bigint NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE UNIQUE INDEX events_id ON events (id, at);
ALTER TABLE events ADD CONSTRAINT events_pkey PRIMARY KEY USING INDEX events_id; -- expect: using-index-on-partitioned
ALTER TABLE events ADD CONSTRAINT events_key UNIQUE USING INDEX events_id; -- expect: using-index-on-partitioned
ALTER TABLE ONLY events ADD CONSTRAINT events_key UNIQUE (id, at);
ALTER TABLE orders ADD CONSTRAINT orders_key UNIQUE USING INDEX orders_id;
