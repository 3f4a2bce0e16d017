-- transaction: off
ALTER TABLE orders DROP CONSTRAINT orders_pkey; -- expect: drop-primary-key
ALTER TABLE lines ADD CONSTRAINT by_number PRIMARY KEY USING INDEX lines_number; -- expect: pk-using-index-nullable
ALTER TABLE lines DROP CONSTRAINT by_number; -- expect: drop-primary-key

-- Another one takes its place, or it is none.
ALTER TABLE parts DROP CONSTRAINT parts_pkey, ADD CONSTRAINT parts_pkey PRIMARY KEY USING INDEX parts_new; -- expect: pk-using-index-nullable
ALTER TABLE items DROP CONSTRAINT items_code_key;
CREATE TABLE fresh (id bigint PRIMARY KEY);
ALTER TABLE fresh DROP CONSTRAINT fresh_pkey;
