-- hazard: none
-- migrate:transaction off
ALTER TYPE kind ADD VALUE 'b' AFTER 'a';
UPDATE things SET kind = 'b' WHERE id = 1;
