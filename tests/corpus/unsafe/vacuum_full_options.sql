-- hazard: vacuum-full
-- migrate:transaction off
VACUUM (FULL, VERBOSE) orders;
