-- hazard: drop-table
DROP TABLE IF EXISTS archive.a, archive.b;
