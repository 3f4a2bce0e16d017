-- hazard: dml-unbounded
DELETE FROM sessions;
