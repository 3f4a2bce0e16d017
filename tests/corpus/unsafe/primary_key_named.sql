-- hazard: primary-key
ALTER TABLE legacy_orders ADD CONSTRAINT legacy_orders_pkey PRIMARY KEY (tenant_id, id);
