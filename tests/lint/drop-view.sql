DROP VIEW totals; -- expect: drop-view
DROP MATERIALIZED VIEW IF EXISTS days, -- expect: drop-view
	s.weeks; -- expect: drop-view
DROP VIEW changed;
CREATE VIEW changed AS SELECT 1 AS a;
DROP VIEW archive.other; -- expect: drop-view
CREATE VIEW other AS SELECT 1 AS a;
CREATE VIEW fresh AS SELECT 1 AS a;
DROP VIEW fresh;
DROP SEQUENCE numbers; -- expect: contract-without-phase

-- file: V2__missing_meanwhile.sql
-- transaction: off
DROP VIEW months; -- expect: drop-view
CREATE VIEW months AS SELECT 1 AS a;

-- file: V3__done.sql
-- phase: contract
DROP VIEW years;
