-- transaction: off
ALTER DOMAIN email SET NOT NULL; -- expect: alter-domain-set-not-null
ALTER DOMAIN email DROP NOT NULL;
CREATE DOMAIN fresh AS text;
ALTER DOMAIN fresh SET NOT NULL;
