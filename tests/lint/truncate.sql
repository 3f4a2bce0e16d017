TRUNCATE orders; -- expect: truncate
TRUNCATE TABLE ONLY a, -- expect: truncate
	s.b RESTART IDENTITY; -- expect: truncate
CREATE TABLE fresh (id bigint PRIMARY KEY);
TRUNCATE fresh;
CREATE TEMPORARY TABLE work (id bigint);
TRUNCATE work;

-- file: V2__gone.sql
-- irreversible: yes
TRUNCATE old_orders;
