ALTER TABLE orders DISABLE TRIGGER ALL; -- expect: disable-trigger
ALTER TABLE orders DISABLE TRIGGER USER; -- expect: disable-trigger
ALTER TABLE orders DISABLE TRIGGER touch; -- expect: disable-trigger
ALTER TABLE orders ENABLE TRIGGER touch;
CREATE TABLE fresh (id bigint PRIMARY KEY);
ALTER TABLE fresh DISABLE TRIGGER ALL;
