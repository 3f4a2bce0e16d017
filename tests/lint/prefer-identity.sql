CREATE TABLE a (
	id bigserial PRIMARY KEY, -- expect: prefer-identity
	n serial, -- expect: prefer-identity
	i bigint GENERATED ALWAYS AS IDENTITY
);
