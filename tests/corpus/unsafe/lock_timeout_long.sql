-- hazard: lock-timeout-disabled, lock-timeout-too-long, require-lock-timeout
SET lock_timeout = '5min';
ALTER TABLE orders ADD COLUMN note text;
