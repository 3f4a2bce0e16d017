-- hazard: primary-key
ALTER TABLE legacy_orders ADD PRIMARY KEY (id);
