-- hazard: dml-unbounded
UPDATE users SET active = true;
