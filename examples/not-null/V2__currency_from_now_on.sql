-- From now on no row without a currency comes in; the app writes one already.  NOT VALID: the rows
-- which are there are not looked at, so this takes an instant.
-- migrate:phase expand
ALTER TABLE payments ADD CONSTRAINT payments_currency_not_null
	CHECK (currency IS NOT NULL) NOT VALID;
