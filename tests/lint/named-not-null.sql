-- pg_version: 18
-- transaction: off
ALTER TABLE orders ADD CONSTRAINT a_not_null NOT NULL a; -- expect: named-not-null
ALTER TABLE orders ADD NOT NULL b; -- expect: named-not-null

ALTER TABLE orders ADD CONSTRAINT c_not_null NOT NULL c NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT c_not_null;
ALTER TABLE orders ADD CONSTRAINT proof CHECK (d IS NOT NULL) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT proof;
ALTER TABLE orders ADD CONSTRAINT d_not_null NOT NULL d;
CREATE TABLE fresh (a int);
ALTER TABLE fresh ADD CONSTRAINT a_not_null NOT NULL a;
