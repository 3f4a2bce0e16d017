-- The old rows, in batches.  The key has two columns, which are compared as a row; the index of the
-- primary key serves it.  Batches wait while a replica is more than ten seconds behind.
-- migrate:batch table=payments key=account,number target=300ms max_lag=10s
UPDATE payments SET currency = 'EUR'
 WHERE currency IS NULL AND (account, number) BETWEEN :from AND :to;
