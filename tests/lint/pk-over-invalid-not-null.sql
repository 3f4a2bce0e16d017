-- pg_version: 18
-- transaction: off
ALTER TABLE orders ADD CONSTRAINT id_there NOT NULL id NOT VALID;
ALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id); -- expect: pk-over-invalid-not-null, primary-key
CREATE UNIQUE INDEX CONCURRENTLY orders_id ON orders (id);
ALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX orders_id; -- expect: pk-over-invalid-not-null

ALTER TABLE lines ADD CONSTRAINT id_there NOT NULL id NOT VALID;
ALTER TABLE lines VALIDATE CONSTRAINT id_there;
ALTER TABLE lines ADD CONSTRAINT lines_pkey PRIMARY KEY (id); -- expect: primary-key
ALTER TABLE parts ADD CONSTRAINT note_there NOT NULL note NOT VALID;
ALTER TABLE parts ADD CONSTRAINT parts_pkey PRIMARY KEY (id); -- expect: primary-key
