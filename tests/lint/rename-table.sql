ALTER TABLE users RENAME TO accounts; -- expect: rename-table
ALTER VIEW totals RENAME TO sums; -- expect: rename-table
ALTER MATERIALIZED VIEW days RENAME TO weeks; -- expect: rename-table
ALTER TABLE s.lines RENAME TO rows; -- expect: rename-table
CREATE TABLE fresh (id bigint PRIMARY KEY);
ALTER TABLE fresh RENAME TO newer;
ALTER INDEX users_email RENAME TO users_by_email;
ALTER TABLE users_email_idx RENAME TO users_mail_idx;
ALTER TABLE users RENAME CONSTRAINT a TO b;
ALTER SEQUENCE numbers RENAME TO ids; -- expect: contract-without-phase

-- file: V2__with_a_view.sql
ALTER TABLE parts RENAME TO pieces;
CREATE VIEW parts AS SELECT * FROM pieces;

-- file: V3__view_of_another_schema.sql
ALTER TABLE items RENAME TO things; -- expect: rename-table
CREATE VIEW archive.items AS SELECT * FROM things;

-- file: V4__same_schema_in_two_ways.sql
ALTER TABLE public.colors RENAME TO shades;
CREATE VIEW colors AS SELECT * FROM shades;

-- file: V5__swap.sql
ALTER TABLE big RENAME TO big_old;
ALTER TABLE big_new RENAME TO big; -- expect: rename-table

-- file: V6__seen_for_a_moment.sql
-- transaction: off
ALTER TABLE papers RENAME TO sheets; -- expect: rename-table
CREATE VIEW papers AS SELECT * FROM sheets;

-- file: V7__gone_with_the_savepoint.sql
ALTER TABLE cups RENAME TO mugs; -- expect: rename-table
SAVEPOINT s;
CREATE VIEW cups AS SELECT * FROM mugs;
ROLLBACK TO s;

-- file: U7__cups.sql
ALTER TABLE mugs RENAME TO cups;
