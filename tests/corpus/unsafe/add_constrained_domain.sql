-- hazard: add-column-constrained-domain
CREATE DOMAIN percentage AS integer CHECK (VALUE BETWEEN 0 AND 100);
ALTER TABLE orders ADD COLUMN discount percentage;
