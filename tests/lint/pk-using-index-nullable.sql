-- transaction: off
ALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX orders_id; -- expect: pk-using-index-nullable
CREATE UNIQUE INDEX CONCURRENTLY lines_key ON lines (order_id, number);
ALTER TABLE lines ALTER COLUMN order_id SET NOT NULL; -- expect: set-not-null
ALTER TABLE lines ADD CONSTRAINT lines_pkey PRIMARY KEY USING INDEX lines_key; -- expect: pk-using-index-nullable

-- NOT NULL, or proven to be.
CREATE UNIQUE INDEX CONCURRENTLY parts_key ON parts (a, b);
ALTER TABLE parts ALTER COLUMN a SET NOT NULL; -- expect: set-not-null
ALTER TABLE parts ADD CONSTRAINT proof CHECK (b IS NOT NULL) NOT VALID;
ALTER TABLE parts VALIDATE CONSTRAINT proof;
ALTER TABLE parts ADD CONSTRAINT parts_pkey PRIMARY KEY USING INDEX parts_key;
ALTER TABLE items ADD CONSTRAINT items_key UNIQUE USING INDEX items_code;
