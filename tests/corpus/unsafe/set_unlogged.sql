-- hazard: set-logged-unlogged
ALTER TABLE sessions SET UNLOGGED;
