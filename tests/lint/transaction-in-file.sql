CREATE TABLE a (id int);
COMMIT; -- expect: transaction-in-file
BEGIN; -- expect: transaction-in-file
CREATE TABLE b (id int);
ROLLBACK; -- expect: transaction-in-file

-- file: V2__its_own.sql
BEGIN ISOLATION LEVEL SERIALIZABLE;
CREATE TABLE c (id int);
SAVEPOINT s;
CREATE TABLE d (id int);
ROLLBACK TO SAVEPOINT s;
COMMIT;

-- file: V3__never_committed.sql
START TRANSACTION; -- expect: transaction-in-file
CREATE TABLE e (id int);

-- file: V4__two_phases.sql
PREPARE TRANSACTION 'x'; -- expect: transaction-in-file

-- file: V5__without_one.sql
-- transaction: off
INSERT INTO a VALUES (1);
DO $$
BEGIN
	DELETE FROM a WHERE id = 1;
	COMMIT;
END $$;

-- file: V6__in_a_block.sql
DO $$
BEGIN
	DELETE FROM a WHERE id = 1;
	COMMIT; -- expect: transaction-in-file
	ROLLBACK; -- expect: transaction-in-file
END $$;
