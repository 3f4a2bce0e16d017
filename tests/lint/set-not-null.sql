-- transaction: off
ALTER TABLE orders ALTER COLUMN total SET NOT NULL; -- expect: set-not-null
ALTER TABLE orders
	ALTER a SET NOT NULL, -- expect: set-not-null
	ALTER b SET NOT NULL; -- expect: set-not-null

-- What proves it.
ALTER TABLE orders ADD CONSTRAINT proof CHECK (c IS NOT NULL) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT proof;
ALTER TABLE orders ALTER COLUMN c SET NOT NULL;
ALTER TABLE orders ADD CONSTRAINT pair CHECK (d IS NOT NULL AND e > 0); -- expect: check-not-valid
ALTER TABLE orders ALTER COLUMN d SET NOT NULL;
ALTER TABLE orders ADD COLUMN f int NOT NULL DEFAULT 1;
ALTER TABLE orders ALTER COLUMN f SET NOT NULL;
CREATE TABLE fresh (total int);
ALTER TABLE fresh ALTER COLUMN total SET NOT NULL;

-- What does not: a CHECK that is not valid, of another column, of another table, or one that is not known.
ALTER TABLE lines ADD CONSTRAINT no_proof CHECK (c IS NOT NULL) NOT VALID;
ALTER TABLE lines ALTER COLUMN c SET NOT NULL; -- expect: set-not-null
ALTER TABLE lines VALIDATE CONSTRAINT no_proof;
ALTER TABLE lines ALTER COLUMN d SET NOT NULL; -- expect: set-not-null
ALTER TABLE other.lines ALTER COLUMN c SET NOT NULL; -- expect: set-not-null
ALTER TABLE parts VALIDATE CONSTRAINT unknown;
ALTER TABLE parts ALTER COLUMN c SET NOT NULL; -- expect: set-not-null
ALTER TABLE parts ADD CONSTRAINT either CHECK (a IS NOT NULL OR b IS NOT NULL); -- expect: check-not-valid
ALTER TABLE parts ALTER COLUMN a SET NOT NULL; -- expect: set-not-null

-- A CHECK of nothing else proves several; one of a function proves nothing.
ALTER TABLE towns ADD CONSTRAINT proofs CHECK (a IS NOT NULL AND ("b" IS NOT NULL) AND C IS NOT NULL) NOT VALID;
ALTER TABLE towns VALIDATE CONSTRAINT proofs;
ALTER TABLE towns ALTER COLUMN a SET NOT NULL, ALTER COLUMN b SET NOT NULL, ALTER COLUMN c SET NOT NULL;
ALTER TABLE towns ADD CONSTRAINT other CHECK (d IS NOT NULL AND f(e IS NOT NULL)) NOT VALID;
ALTER TABLE towns VALIDATE CONSTRAINT other;
ALTER TABLE towns ALTER COLUMN d SET NOT NULL;
ALTER TABLE towns ALTER COLUMN e SET NOT NULL; -- expect: set-not-null

-- A rolled back proof is none.
-- file: V2__x.sql
SAVEPOINT before;
ALTER TABLE shops ADD CONSTRAINT proof CHECK (name IS NOT NULL); -- expect: check-not-valid
ROLLBACK TO before;
ALTER TABLE shops ALTER COLUMN name SET NOT NULL; -- expect: set-not-null

-- pg_version: 18
ALTER TABLE orders ALTER COLUMN total SET NOT NULL; -- expect: set-not-null
ALTER TABLE orders ADD CONSTRAINT c_not_null NOT NULL c NOT VALID;
ALTER TABLE orders ALTER COLUMN c SET NOT NULL; -- expect: set-not-null, several-alters-one-table
-- file: V2__x.sql
ALTER TABLE orders VALIDATE CONSTRAINT c_not_null;
ALTER TABLE orders ALTER COLUMN c SET NOT NULL;
