-- hazard: truncate, truncate-cascade
TRUNCATE TABLE customers RESTART IDENTITY CASCADE;
