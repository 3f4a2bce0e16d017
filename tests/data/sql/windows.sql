SELECT 1;
-- one; two
SELECT
	2 -- three;
;

SELECT 'a;
b'
  'c;';
DO $$
BEGIN
	NULL;
END
$$;
/* four;
*/ SELECT E'\';'
  ';';
SELECT 5
