-- For our own statements outside a transaction; taken back by the next reset.
SET search_path = pg_catalog;
