-- hazard: drop-table
DO $do$
BEGIN
    EXECUTE 'DROP TABLE old_orders';
END
$do$;
