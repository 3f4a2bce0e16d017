-- hazard: none
SET lock_timeout = 0;
RESET lock_timeout;
ALTER TABLE orders ADD COLUMN note text;
