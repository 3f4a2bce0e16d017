DROP TYPE color CASCADE; -- expect: drop-type-cascade
DROP DOMAIN IF EXISTS app.percent CASCADE; -- expect: drop-type-cascade
DROP TYPE color; -- expect: contract-without-phase
CREATE TYPE size AS ENUM ('S');
DROP TYPE size CASCADE;
