-- transaction: off
ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0); -- expect: check-not-valid
ALTER TABLE orders ADD CHECK (total > 0 AND total < 1000); -- expect: check-not-valid
ALTER TABLE orders
	ADD COLUMN note text,
	ADD CONSTRAINT short CHECK (length(note) < 100); -- expect: check-not-valid

ALTER TABLE orders ADD CONSTRAINT a CHECK (total > 0) NOT VALID;
ALTER TABLE orders ADD CONSTRAINT b CHECK (total > 0) NOT ENFORCED;
ALTER FOREIGN TABLE far ADD CONSTRAINT c CHECK (total > 0);
CREATE TABLE fresh (total int);
ALTER TABLE fresh ADD CONSTRAINT d CHECK (total > 0);
CREATE TEMP TABLE scratch (total int);
ALTER TABLE scratch ADD CHECK (total > 0);

-- What is rolled back was never made; what is made afterwards is new again.
-- file: V2__rolled_back.sql
SAVEPOINT before;
CREATE TABLE gone (total int);
ROLLBACK TO before;
ALTER TABLE gone ADD CONSTRAINT a CHECK (total > 0); -- expect: check-not-valid

-- In blocks, too.
-- file: V3__block.sql
-- transaction: off
DO $$ BEGIN
	ALTER TABLE orders ADD CONSTRAINT a CHECK (total > 0); -- expect: check-not-valid
END $$;
DO $$ BEGIN
	EXECUTE 'ALTER TABLE orders ADD CONSTRAINT b CHECK (note <> ''x'')'; -- expect: check-not-valid
END $$;
