ALTER TABLE orders ALTER COLUMN day SET NOT NULL; -- expect: set-not-null
ALTER TABLE ONLY orders ALTER COLUMN total SET NOT NULL; -- expect: set-not-null, several-alters-one-table
ALTER TABLE items ALTER COLUMN total SET NOT NULL; -- expect: set-not-null, statement-behind-access-exclusive
ALTER TABLE orders ADD COLUMN note text;

-- file: V2__in_one.sql
ALTER TABLE orders ALTER COLUMN a SET NOT NULL, -- expect: set-not-null
	ALTER COLUMN b SET NOT NULL; -- expect: set-not-null

-- file: V3__each_alone.sql
-- transaction: off
ALTER TABLE orders ALTER COLUMN c SET NOT NULL; -- expect: set-not-null
ALTER TABLE orders ALTER COLUMN d SET NOT NULL; -- expect: set-not-null

-- file: V4__a_new_table.sql
CREATE TABLE fresh (a int, b int);
ALTER TABLE fresh ALTER COLUMN a SET NOT NULL;
ALTER TABLE fresh ALTER COLUMN b SET NOT NULL;

-- file: V5__type_of_the_new_column.sql
ALTER TABLE added ADD COLUMN a int CHECK (a > 0); -- expect: check-inline-on-add-column
ALTER TABLE added ALTER COLUMN a TYPE bigint; -- expect: change-type-rewrite
