DROP FUNCTION order_total(bigint); -- expect: contract-without-phase
DROP PROCEDURE IF EXISTS tidy(); -- expect: contract-without-phase
DROP TYPE money_pair; -- expect: contract-without-phase
DROP DOMAIN email; -- expect: contract-without-phase
DROP SEQUENCE numbers; -- expect: contract-without-phase
ALTER FUNCTION order_sum(bigint) RENAME TO order_amount; -- expect: contract-without-phase
ALTER TYPE status RENAME TO order_status; -- expect: contract-without-phase
ALTER FUNCTION order_count() SET SCHEMA archive; -- expect: contract-without-phase
DO $$ BEGIN DROP FUNCTION inside(); END $$; -- expect: contract-without-phase

-- Other rules speak of these.
DROP TYPE pair CASCADE; -- expect: drop-type-cascade
ALTER TYPE status RENAME VALUE 'new' TO 'fresh'; -- expect: enum-rename-value

-- Nobody knows it yet.
-- file: V2__new.sql
CREATE FUNCTION fresh() RETURNS int LANGUAGE sql AS 'SELECT 1';
DROP FUNCTION fresh();
CREATE TYPE made AS (a int);
ALTER TYPE made RENAME TO better;

-- It is there again before anybody sees that it was gone.
-- file: V3__replaced.sql
DROP FUNCTION order_total(bigint);
CREATE FUNCTION order_total(bigint) RETURNS numeric LANGUAGE sql AS 'SELECT 1.0';

-- Told with its trigger.
-- file: V4__trigger.sql
DROP TRIGGER touch ON orders; -- expect: drop-trigger
DROP FUNCTION touch();

-- Missing for a while.
-- file: V5__meanwhile.sql
-- transaction: off
DROP FUNCTION order_total(bigint); -- expect: contract-without-phase
CREATE FUNCTION order_total(bigint) RETURNS numeric LANGUAGE sql AS 'SELECT 1.0';

-- Where it is expected.
-- file: V6__done.sql
-- phase: contract
DROP FUNCTION order_total(bigint);
DROP TYPE money_pair;
-- file: V7__said.sql
-- irreversible: yes
DROP SEQUENCE numbers;
-- file: U8__back.sql
DROP FUNCTION order_total(bigint);
