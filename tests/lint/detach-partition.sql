ALTER TABLE events DETACH PARTITION events_2019; -- expect: detach-partition
ALTER TABLE events DETACH PARTITION events_2018 FINALIZE;
CREATE TABLE days (id bigint, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
ALTER TABLE days DETACH PARTITION days_1;

-- file: V2__concurrently.sql
-- transaction: off
ALTER TABLE events DETACH PARTITION events_2019 CONCURRENTLY;

-- pg_version: 13
ALTER TABLE events DETACH PARTITION events_2019; -- expect: detach-partition
