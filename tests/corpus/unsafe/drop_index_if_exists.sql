-- hazard: drop-index-not-concurrent
DROP INDEX IF EXISTS billing.invoices_due_idx, billing.invoices_paid_idx;
