-- transaction: off
ALTER TABLE orders ADD COLUMN a int DEFAULT next_number(); -- expect: add-column-unknown-default
ALTER TABLE orders ADD COLUMN b int DEFAULT tools.next_number(); -- expect: add-column-unknown-default

-- What the files made is known.
CREATE FUNCTION tenant() RETURNS int STABLE LANGUAGE sql AS 'SELECT 1';
ALTER TABLE orders ADD COLUMN c int DEFAULT tenant();
CREATE FUNCTION tools.zero() RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 0';
ALTER TABLE orders ADD COLUMN d int DEFAULT tools.zero();
ALTER TABLE orders ADD COLUMN e int DEFAULT zero(); -- expect: add-column-unknown-default
ALTER TABLE orders ADD COLUMN f text DEFAULT lower('A');
