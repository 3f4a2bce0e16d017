-- not for the grammar: libpg_query takes no comment between the parts of a string
SELECT 'a;' -- a comment; with 'quotes'
	';b'
	-- another; one

	';c', E'it''s;' -- it's
	'and it''s;', 'x' /* ; */ , 'y';
SELECT U&'a;' -- b;
	';c';
