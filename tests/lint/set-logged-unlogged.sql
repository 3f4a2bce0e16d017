-- transaction: off
ALTER TABLE events SET UNLOGGED; -- expect: set-logged-unlogged
ALTER TABLE staging SET LOGGED; -- expect: set-logged-unlogged
CREATE UNLOGGED TABLE fresh (id bigint PRIMARY KEY);
ALTER TABLE fresh SET LOGGED;
ALTER SEQUENCE numbers SET LOGGED;
