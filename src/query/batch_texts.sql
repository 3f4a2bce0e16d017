-- Values of a key as text, in this transaction: whoever reads them must get the very same values
-- again, whatever the settings of his session are.
SELECT pg_catalog.set_config('extra_float_digits', '1', true),
       pg_catalog.set_config('DateStyle', 'ISO', true),
       pg_catalog.set_config('IntervalStyle', 'postgres', true);
