/* Partitions of all three kinds; /* and a comment inside ; a comment */ */
CREATE TABLE events (
	id bigint, at timestamptz NOT NULL, kind text, payload jsonb,
	PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);

CREATE TABLE events_2026_01 PARTITION OF events
	FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE events_2026_02 PARTITION OF events FOR VALUES FROM ('2026-02-01') TO (MAXVALUE)
	WITH (fillfactor = 100) TABLESPACE pg_default;
CREATE TABLE events_rest PARTITION OF events DEFAULT;
CREATE TABLE by_country (country text, n int) PARTITION BY LIST (lower(country));
CREATE TABLE by_country_de PARTITION OF by_country FOR VALUES IN ('de', 'at', NULL)
	PARTITION BY HASH (n);
CREATE TABLE by_country_de_0 PARTITION OF by_country_de FOR VALUES WITH (MODULUS 4, REMAINDER 0);
CREATE TABLE by_country_de_1 PARTITION OF by_country_de (n DEFAULT 1, CHECK (n > 0))
	FOR VALUES WITH (modulus 4, remainder 1);

ALTER TABLE events ATTACH PARTITION events_2026_03 FOR VALUES FROM (MINVALUE) TO ('2026-01-01');
ALTER TABLE events DETACH PARTITION events_rest;
ALTER TABLE events DETACH PARTITION events_2026_02 CONCURRENTLY;
ALTER TABLE events DETACH PARTITION events_2026_02 FINALIZE;
CREATE INDEX ON ONLY events (kind);
ALTER INDEX events_kind_idx ATTACH PARTITION events_2026_01_kind_idx;

DO $$
DECLARE
	month date := '2026-01-01';
BEGIN
	WHILE month < '2027-01-01' LOOP
		EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF events FOR VALUES FROM (%L) TO (%L);',
			'events_' || to_char(month, 'YYYY_MM'), month, month + interval '1 month');
		month := month + interval '1 month'; -- and the next one;
	END LOOP;
END;
$$;
