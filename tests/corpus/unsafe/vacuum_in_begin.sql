-- hazard: refused-in-transaction, concurrently-in-transaction
BEGIN;
VACUUM orders;
COMMIT;
