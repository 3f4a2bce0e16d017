-- What is there: a big table, and a column without a value in old rows.
CREATE TABLE payments (
	account bigint NOT NULL,
	number bigint NOT NULL,
	amount numeric(12, 2) NOT NULL,
	currency text,
	PRIMARY KEY (account, number)
);
