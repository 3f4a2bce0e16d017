-- hazard: none
ALTER SEQUENCE order_numbers RESTART WITH 5000;
