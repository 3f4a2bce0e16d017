-- May this role see how far the standbys are?  Without that right the columns are NULL.
SELECT pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE');
