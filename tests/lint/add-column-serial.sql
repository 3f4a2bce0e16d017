-- transaction: off
ALTER TABLE orders ADD COLUMN number serial; -- expect: add-column-serial
ALTER TABLE orders ADD COLUMN big bigserial; -- expect: add-column-serial
ALTER TABLE orders ADD COLUMN small serial2; -- expect: add-column-serial
ALTER TABLE orders ADD COLUMN plain bigint;
CREATE TABLE fresh (id bigserial PRIMARY KEY);
ALTER TABLE fresh ADD COLUMN number serial;
