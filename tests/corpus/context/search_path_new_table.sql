-- hazard: none
SET LOCAL search_path = billing;
CREATE TABLE invoices (id bigint PRIMARY KEY, number text);
CREATE INDEX invoices_number_idx ON billing.invoices (number);
