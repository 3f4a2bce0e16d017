-- transaction: off
ALTER DOMAIN email VALIDATE CONSTRAINT email_check; -- expect: alter-domain-validate
CREATE DOMAIN fresh AS text;
ALTER DOMAIN fresh ADD CONSTRAINT fresh_check CHECK (VALUE <> '') NOT VALID;
ALTER DOMAIN fresh VALIDATE CONSTRAINT fresh_check;
