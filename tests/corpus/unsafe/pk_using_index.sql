-- hazard: pk-using-index-nullable
ALTER TABLE legacy_orders ADD CONSTRAINT legacy_orders_pkey PRIMARY KEY USING INDEX legacy_orders_id_idx;
