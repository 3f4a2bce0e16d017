-- pg_version: 18
ALTER TABLE orders ADD COLUMN gross numeric GENERATED ALWAYS AS (net * 1.19) STORED; -- expect: add-column-stored-generated
ALTER TABLE orders ADD COLUMN tax numeric GENERATED ALWAYS AS (net * 0.19) VIRTUAL;
ALTER TABLE orders ADD COLUMN half numeric GENERATED ALWAYS AS (net / 2);
CREATE TABLE fresh (net numeric);
ALTER TABLE fresh ADD COLUMN gross numeric GENERATED ALWAYS AS (net * 1.19) STORED;

-- pg_version: 15
ALTER TABLE orders ADD COLUMN gross numeric GENERATED ALWAYS AS (net * 1.19) STORED; -- expect: add-column-stored-generated
