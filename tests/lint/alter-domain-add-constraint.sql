-- transaction: off
ALTER DOMAIN email ADD CONSTRAINT email_check CHECK (VALUE LIKE '%@%'); -- expect: alter-domain-add-constraint
ALTER DOMAIN types.email ADD CHECK (VALUE <> ''); -- expect: alter-domain-add-constraint
ALTER DOMAIN email ADD CONSTRAINT later CHECK (VALUE LIKE '%@%') NOT VALID;
CREATE DOMAIN fresh AS text;
ALTER DOMAIN fresh ADD CONSTRAINT fresh_check CHECK (VALUE <> '');
