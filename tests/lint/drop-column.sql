-- transaction: off
ALTER TABLE orders DROP COLUMN total; -- expect: drop-column
ALTER TABLE orders DROP COLUMN IF EXISTS a, -- expect: drop-column
	DROP COLUMN b CASCADE; -- expect: drop-column, drop-cascade

-- The app does not know it yet.
ALTER TABLE lines ADD COLUMN c int;
ALTER TABLE lines DROP COLUMN c;
CREATE TABLE fresh (a int, b int);
ALTER TABLE fresh DROP COLUMN a;

-- The table is made later, or is another one of that name.
ALTER TABLE later DROP COLUMN a; -- expect: drop-column
CREATE TABLE s1.twin (a int, b int);
ALTER TABLE s2.twin DROP COLUMN a; -- expect: drop-column

-- It is there, or gone, already.
-- file: V5__x.sql
-- applied: yes
CREATE TABLE made (id bigint PRIMARY KEY, a int);
-- file: V6__x.sql
ALTER TABLE made DROP COLUMN IF EXISTS b;
ALTER TABLE made DROP COLUMN IF EXISTS a; -- expect: drop-column
-- file: V7__x.sql
ALTER TABLE orders ADD COLUMN number bigint;
ALTER TABLE orders ADD COLUMN IF NOT EXISTS number bigserial;

-- Where it is expected.
-- file: V2__x.sql
-- phase: contract
ALTER TABLE orders DROP COLUMN d;
-- file: V3__x.sql
-- irreversible: yes
ALTER TABLE orders DROP COLUMN e;
-- file: U3__x.sql
ALTER TABLE orders DROP COLUMN f;
-- file: V4__x.sql
ALTER TABLE orders DROP COLUMN g; -- expect: drop-column
