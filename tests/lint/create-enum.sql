CREATE TYPE color AS ENUM ('red'); -- expect: create-enum
CREATE TYPE point AS (x int, y int);
