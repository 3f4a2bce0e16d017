-- transaction: off
ALTER TABLE events ATTACH PARTITION events_2026 -- expect: attach-partition
	FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
ALTER TABLE events ATTACH PARTITION colors FOR VALUES IN ('red'); -- expect: attach-partition
ALTER TABLE events ATTACH PARTITION hashed FOR VALUES WITH (MODULUS 4, REMAINDER 0); -- expect: attach-partition
ALTER TABLE others ATTACH PARTITION rest DEFAULT; -- expect: attach-partition
CREATE TABLE events_2027 (LIKE events INCLUDING ALL);
ALTER TABLE events ATTACH PARTITION events_2027
	FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
ALTER INDEX events_at ATTACH PARTITION events_2026_at;

-- file: V2__proven.sql
-- transaction: off
ALTER TABLE days_1 ADD CONSTRAINT bound
	CHECK (at IS NOT NULL AND at >= '2026-01-01' AND at < '2027-01-01') NOT VALID;
ALTER TABLE days_1 VALIDATE CONSTRAINT bound;
ALTER TABLE days ATTACH PARTITION days_1 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');

-- file: V3__not_valid.sql
-- transaction: off
ALTER TABLE days_2 ADD CONSTRAINT bound
	CHECK (at IS NOT NULL AND at >= '2026-01-01' AND at < '2027-01-01') NOT VALID;
ALTER TABLE days ATTACH PARTITION days_2 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01'); -- expect: attach-partition

-- file: V4__another_bound.sql
-- transaction: off
ALTER TABLE days_3 ADD CONSTRAINT bound
	CHECK (at IS NOT NULL AND at >= '2026-01-01' AND at < '2028-01-01') NOT VALID;
ALTER TABLE days_3 VALIDATE CONSTRAINT bound;
ALTER TABLE days ATTACH PARTITION days_3 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01'); -- expect: attach-partition

-- file: V5__another_schema.sql
CREATE TABLE s1.a (LIKE days INCLUDING ALL);
ALTER TABLE days ATTACH PARTITION s2.a FOR VALUES FROM ('2030-01-01') TO ('2031-01-01'); -- expect: attach-partition
