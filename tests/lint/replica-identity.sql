ALTER TABLE orders REPLICA IDENTITY FULL; -- expect: replica-identity
ALTER TABLE orders REPLICA IDENTITY NOTHING; -- expect: replica-identity
ALTER TABLE orders REPLICA IDENTITY DEFAULT; -- expect: replica-identity
ALTER TABLE orders REPLICA IDENTITY USING INDEX orders_code; -- expect: replica-identity
CREATE TABLE fresh (id bigint PRIMARY KEY);
ALTER TABLE fresh REPLICA IDENTITY FULL;
