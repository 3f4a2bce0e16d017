-- hazard: drop-table, drop-cascade
DROP TABLE customers CASCADE;
