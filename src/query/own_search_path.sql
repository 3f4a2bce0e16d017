-- For our own statements only; ends with the transaction.
SET LOCAL search_path = pg_catalog;
