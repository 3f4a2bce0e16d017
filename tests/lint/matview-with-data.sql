CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM orders; -- expect: matview-with-data
CREATE TABLE copied AS SELECT * FROM orders; -- expect: matview-with-data
SELECT * INTO another FROM orders; -- expect: matview-with-data
CREATE MATERIALIZED VIEW later AS SELECT count(*) FROM orders WITH NO DATA;
CREATE TABLE one AS SELECT 1 AS a;
CREATE TABLE fresh (id bigint PRIMARY KEY);
CREATE MATERIALIZED VIEW small AS SELECT * FROM fresh;
CREATE TEMPORARY TABLE work AS SELECT * FROM orders;
