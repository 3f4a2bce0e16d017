-- applied: yes
CREATE TABLE events (id bigint, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE events_other PARTITION OF events DEFAULT;
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');

-- file: V2__attach.sql
CREATE TABLE events_2027 (LIKE events INCLUDING ALL);
ALTER TABLE events ATTACH PARTITION events_2027 -- expect: attach-with-default-partition
	FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');

-- file: V3__create.sql
CREATE TABLE events_2028 PARTITION OF events -- expect: attach-with-default-partition, create-partition-of
	FOR VALUES FROM ('2028-01-01') TO ('2029-01-01');

-- file: V4__gone.sql
ALTER TABLE events DETACH PARTITION events_other; -- expect: detach-partition
CREATE TABLE events_2029 (LIKE events INCLUDING ALL);
ALTER TABLE events ATTACH PARTITION events_2029
	FOR VALUES FROM ('2029-01-01') TO ('2030-01-01');

-- file: V5__other_kind.sql
-- applied: yes
CREATE TABLE shades (color text, id bigint, PRIMARY KEY (id, color)) PARTITION BY LIST (color);
CREATE TABLE shades_other PARTITION OF shades DEFAULT;

-- file: V6__read.sql
CREATE TABLE shades_red (LIKE shades INCLUDING ALL);
ALTER TABLE shades ATTACH PARTITION shades_red FOR VALUES IN ('red'); -- expect: attach-with-default-partition

-- file: V7__proven.sql
-- transaction: off
ALTER TABLE shades_other ADD CONSTRAINT no_blue CHECK (NOT (color = 'blue')) NOT VALID;
CREATE TABLE shades_blue (LIKE shades INCLUDING ALL);
ALTER TABLE shades ATTACH PARTITION shades_blue FOR VALUES IN ('blue'); -- expect: attach-with-default-partition
ALTER TABLE shades_other VALIDATE CONSTRAINT no_blue;
CREATE TABLE shades_blue2 (LIKE shades INCLUDING ALL);
ALTER TABLE shades ATTACH PARTITION shades_blue2 FOR VALUES IN ('blue');
ALTER TABLE shades ATTACH PARTITION shades_blue3 FOR VALUES IN ('green'); -- expect: attach-with-default-partition, attach-partition
