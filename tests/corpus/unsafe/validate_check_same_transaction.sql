-- hazard: not-valid-then-validate
ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0) NOT VALID;
UPDATE settings SET value = '1' WHERE name = 'totals';
ALTER TABLE orders VALIDATE CONSTRAINT orders_total_check;
