-- hazard: statement-not-allowed-in-tx, concurrently-in-transaction
BEGIN;
VACUUM orders;
COMMIT;
