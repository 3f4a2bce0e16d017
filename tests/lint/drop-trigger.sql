DROP TRIGGER touch ON orders; -- expect: drop-trigger
DROP TRIGGER IF EXISTS touch ON archive.orders; -- expect: drop-trigger
CREATE TABLE fresh (id bigint PRIMARY KEY);
CREATE TRIGGER touch BEFORE UPDATE ON fresh FOR EACH ROW EXECUTE FUNCTION touch();
DROP TRIGGER touch ON fresh;

-- file: V2__replaced.sql
DROP TRIGGER IF EXISTS touch ON orders;
CREATE TRIGGER touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch_all();

-- file: V3__missing_meanwhile.sql
-- transaction: off
DROP TRIGGER touch ON orders; -- expect: drop-trigger
CREATE TRIGGER touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch_all(); -- expect: create-trigger

-- file: V4__done.sql
-- phase: contract
DROP TRIGGER copy_mail ON users;

-- file: U5__users.sql
DROP TRIGGER copy_mail ON users;
