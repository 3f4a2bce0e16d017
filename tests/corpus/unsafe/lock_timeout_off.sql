-- hazard: lock-timeout-disabled, require-lock-timeout
SET lock_timeout = 0;
ALTER TABLE orders ADD COLUMN note text;
