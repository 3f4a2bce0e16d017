-- hazard: drop-schema, drop-cascade
DROP SCHEMA reporting CASCADE;
