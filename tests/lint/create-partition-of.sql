CREATE TABLE events_2027 PARTITION OF events -- expect: create-partition-of
	FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
CREATE TABLE events_rest PARTITION OF events DEFAULT; -- expect: create-partition-of
CREATE TABLE days (id bigint, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE child (extra text) INHERITS (parent);
CREATE TABLE s1.days (id bigint, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE s2.days_1 PARTITION OF s2.days FOR VALUES FROM (1) TO (2); -- expect: create-partition-of

-- pg_version: 13
CREATE TABLE events_2027 PARTITION OF events FOR VALUES IN (1, 2); -- expect: create-partition-of
