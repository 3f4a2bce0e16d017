-- transaction: off
ALTER TABLE orders ALTER COLUMN total SET DEFAULT 5; -- expect: change-default
ALTER TABLE orders ALTER COLUMN total DROP DEFAULT; -- expect: change-default
ALTER TABLE orders ADD COLUMN token uuid;
ALTER TABLE orders ALTER COLUMN token SET DEFAULT gen_random_uuid();
