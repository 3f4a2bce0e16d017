CREATE TRIGGER touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch(); -- expect: create-trigger
CREATE CONSTRAINT TRIGGER late AFTER INSERT ON lines -- expect: create-trigger
	DEFERRABLE FOR EACH ROW EXECUTE FUNCTION late();
CREATE TABLE fresh (id bigint PRIMARY KEY);
CREATE TRIGGER touch BEFORE UPDATE ON fresh FOR EACH ROW EXECUTE FUNCTION touch();

-- file: V2__keep_in_step.sql
ALTER TABLE users ADD COLUMN mail text;
CREATE FUNCTION copy_mail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.mail := NEW.email; RETURN NEW; END $$;
CREATE TRIGGER copy_mail BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION copy_mail();
CREATE TRIGGER copy_mail BEFORE INSERT OR UPDATE ON archive.users -- expect: create-trigger
	FOR EACH ROW EXECUTE FUNCTION copy_mail();

-- file: V3__each_by_itself.sql
-- transaction: off
ALTER TABLE parts ADD COLUMN mail text;
CREATE TRIGGER copy_mail BEFORE INSERT OR UPDATE ON parts -- expect: create-trigger
	FOR EACH ROW EXECUTE FUNCTION copy_mail();
