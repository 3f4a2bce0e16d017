-- transaction: off
CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
ALTER TABLE users ADD COLUMN email email; -- expect: add-column-constrained-domain
ALTER TABLE users ADD COLUMN second email DEFAULT 'a@b'; -- expect: add-column-constrained-domain
CREATE DOMAIN late AS text;
ALTER TABLE users ADD COLUMN a late;
ALTER DOMAIN late ADD CONSTRAINT late_check CHECK (VALUE <> '') NOT VALID;
ALTER TABLE users ADD COLUMN b late; -- expect: add-column-constrained-domain

CREATE DOMAIN plain AS text;
ALTER TABLE users ADD COLUMN c plain;
ALTER TABLE users ADD COLUMN d other.email;
CREATE TABLE fresh (id bigint);
ALTER TABLE fresh ADD COLUMN email email;
