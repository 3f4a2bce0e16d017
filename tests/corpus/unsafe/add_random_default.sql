-- hazard: add-column-volatile-default
ALTER TABLE orders ADD COLUMN bucket double precision DEFAULT random();
