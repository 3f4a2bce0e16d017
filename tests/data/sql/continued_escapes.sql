-- not for psql: at the end of a line it forgets what kind of string may go on
SELECT E'a;'
	'\';', E'it\'s;'
'and it\'s;', U&'\0061'
	'\0062;'; SELECT e'\\'

	'\';' FROM t;
