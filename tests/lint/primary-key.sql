-- transaction: off
ALTER TABLE orders ADD PRIMARY KEY (id); -- expect: primary-key
ALTER TABLE lines ADD CONSTRAINT lines_pkey PRIMARY KEY (order_id, number); -- expect: primary-key
ALTER TABLE parts ADD COLUMN id bigint PRIMARY KEY; -- expect: primary-key, add-column-required
ALTER TABLE items ADD CONSTRAINT items_pkey PRIMARY KEY USING INDEX items_id; -- expect: pk-using-index-nullable
CREATE TABLE fresh (id bigint);
ALTER TABLE fresh ADD PRIMARY KEY (id);
