TRUNCATE customers RESTART IDENTITY CASCADE; -- expect: truncate-cascade
CREATE TABLE fresh (id bigint PRIMARY KEY);
TRUNCATE fresh CASCADE;

-- file: V2__gone.sql
-- phase: contract
TRUNCATE customers CASCADE; -- expect: truncate-cascade
TRUNCATE customers RESTRICT;
