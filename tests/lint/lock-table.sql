LOCK TABLE accounts; -- expect: lock-table
LOCK TABLE accounts IN EXCLUSIVE MODE; -- expect: lock-table
LOCK TABLE a, -- expect: lock-table
	b IN SHARE MODE NOWAIT; -- expect: lock-table
LOCK TABLE accounts IN ACCESS SHARE MODE;
LOCK TABLE accounts IN SHARE UPDATE EXCLUSIVE MODE;
CREATE TABLE fresh (id bigint PRIMARY KEY);
LOCK TABLE fresh;
SELECT * FROM accounts WHERE id = 7 FOR UPDATE;
