-- transaction: off
ALTER TABLE orders ADD COLUMN a int NOT NULL; -- expect: add-column-required
ALTER TABLE orders ADD COLUMN b int NOT NULL DEFAULT NULL; -- expect: add-column-required
ALTER TABLE orders ADD COLUMN c int PRIMARY KEY; -- expect: add-column-required, primary-key

ALTER TABLE orders ADD COLUMN d int;
ALTER TABLE orders ADD COLUMN e int NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN f bigint NOT NULL GENERATED ALWAYS AS IDENTITY; -- expect: add-column-identity
ALTER TABLE orders ADD COLUMN g int NOT NULL GENERATED ALWAYS AS (d + 1) STORED; -- expect: add-column-stored-generated
ALTER TABLE orders ADD COLUMN h serial NOT NULL; -- expect: add-column-serial
CREATE TABLE fresh (id bigint);
ALTER TABLE fresh ADD COLUMN a int NOT NULL;
