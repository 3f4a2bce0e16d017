-- transaction: off
ALTER TABLE t ADD COLUMN a varchar(10);
ALTER TABLE t ALTER COLUMN a TYPE varchar(5); -- expect: type-narrowing, change-type-rewrite
ALTER TABLE t ADD COLUMN b bigint;
ALTER TABLE t ALTER COLUMN b TYPE int; -- expect: type-narrowing, change-type-rewrite
ALTER TABLE t ADD COLUMN c text;
ALTER TABLE t ALTER COLUMN c TYPE varchar(100); -- expect: type-narrowing, change-type-rewrite
ALTER TABLE t ADD COLUMN d numeric(10, 4);
ALTER TABLE t ALTER COLUMN d TYPE numeric(10, 2); -- expect: type-narrowing, change-type-rewrite
ALTER TABLE t ADD COLUMN e numeric(10, 2);
ALTER TABLE t ALTER COLUMN e TYPE numeric(10, 4); -- expect: type-narrowing, change-type-rewrite
ALTER TABLE t ADD COLUMN f timestamptz;
ALTER TABLE t ALTER COLUMN f TYPE timestamptz(3); -- expect: type-narrowing, change-type-rewrite
ALTER TABLE t ADD COLUMN g timestamp;
ALTER TABLE t ALTER COLUMN g TYPE date; -- expect: type-narrowing, change-type-rewrite
ALTER TABLE t ADD COLUMN h float8;
ALTER TABLE t ALTER COLUMN h TYPE real; -- expect: type-narrowing, change-type-rewrite
ALTER TABLE t ADD COLUMN i numeric;
ALTER TABLE t ALTER COLUMN i TYPE bigint; -- expect: type-narrowing, change-type-rewrite

ALTER TABLE t ADD COLUMN k varchar(10);
ALTER TABLE t ALTER COLUMN k TYPE varchar(20);
ALTER TABLE t ALTER COLUMN k TYPE text;
ALTER TABLE t ADD COLUMN m int;
ALTER TABLE t ALTER COLUMN m TYPE bigint; -- expect: change-type-rewrite
ALTER TABLE t ADD COLUMN o timestamptz;
ALTER TABLE t ALTER COLUMN o TYPE timestamptz(6);
ALTER TABLE t ADD COLUMN n numeric(10, 2);
ALTER TABLE t ALTER COLUMN n TYPE numeric(12, 4); -- expect: change-type-rewrite
ALTER TABLE t ALTER COLUMN unknown TYPE varchar(5); -- expect: change-type-may-rewrite
CREATE TABLE fresh (a bigint);
ALTER TABLE fresh ALTER COLUMN a TYPE int;
