-- transaction: off
ALTER TABLE orders ADD COLUMN a int;
ALTER TABLE orders ALTER COLUMN a SET DEFAULT 5; -- expect: default-in-two-steps
ALTER TABLE orders ADD COLUMN b int DEFAULT 1;
ALTER TABLE orders ALTER COLUMN b SET DEFAULT 5;
ALTER TABLE orders ADD COLUMN token uuid;
ALTER TABLE orders ALTER COLUMN token SET DEFAULT gen_random_uuid();
ALTER TABLE orders ALTER COLUMN total SET DEFAULT 5;
