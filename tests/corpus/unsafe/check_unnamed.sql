-- hazard: check-not-valid
ALTER TABLE products ADD CHECK (price > 0 AND price < 1000000);
