-- Step 2: give the old rows a value, in batches: each is a transaction of its own, as long as half a
-- second, so nobody waits for all of them.  Stopped in the middle, it goes on where it was.
-- migrate:batch table=customers key=id
UPDATE customers SET email = 'customer-' || id || '@invalid.example'
 WHERE email IS NULL AND id BETWEEN :from AND :to;
