-- hazard: none
GRANT SELECT ON invoices TO reporting;
