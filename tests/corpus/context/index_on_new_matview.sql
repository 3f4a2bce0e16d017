-- hazard: none
CREATE MATERIALIZED VIEW totals AS SELECT 1 AS day, 2 AS total WITH NO DATA;
CREATE UNIQUE INDEX totals_day_idx ON totals (day);
