CREATE OR REPLACE VIEW totals AS SELECT count(*) FROM orders; -- expect: replace-view
CREATE VIEW sums AS SELECT sum(total) FROM orders;
CREATE OR REPLACE VIEW sums AS SELECT sum(total) FROM orders;
CREATE OR REPLACE TEMPORARY VIEW work AS SELECT 1;
