-- Step 3.  The rows that were there, in batches: each is a transaction of its own together with the
-- record of how far it came.  It can be stopped at any time, and goes on where it was.
-- migrate:batch table=users key=id size=1000 pause=100ms
UPDATE users SET full_name = name WHERE full_name IS NULL AND id BETWEEN :from AND :to;
