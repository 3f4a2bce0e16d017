-- hazard: none
CREATE SEQUENCE order_numbers START 1000;
