ALTER TYPE address ADD ATTRIBUTE country text CASCADE; -- expect: composite-add-attribute
ALTER TYPE address DROP ATTRIBUTE street CASCADE; -- expect: composite-add-attribute
ALTER TYPE address ADD ATTRIBUTE city text;
CREATE TYPE fresh AS (a int);
ALTER TYPE fresh ADD ATTRIBUTE b int CASCADE;
