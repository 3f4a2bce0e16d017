-- not for the grammar: it has data
CREATE TABLE t (a text, b text);
COPY t FROM STDIN;
1	a;
2	'b
\.
copy "t;" (a, "from") from stdin with (format csv, header true, quote '"', delimiter ';');
a;from
"x;y";"it's
two lines; -- no comment"
\.
COPY t FROM STDIN -- a comment; in between
	WHERE a <> ';'; -- and one behind
;
SELECT 'data;'
\.
COPY BINARY t FROM STDIN; /* a block */
\N	\\.
 \.
\. 
\.x
\.
SELECT 1; COPY t FROM stdin DELIMITER ',' NULL ''; /* a */ /* b */
,;
\.
COPY t TO STDOUT;
COPY (SELECT * FROM t) TO STDOUT WITH (FORMAT csv, FORCE_QUOTE *);
COPY t FROM PROGRAM 'printf "a;b"' WITH DELIMITER ';';
INSERT INTO t VALUES ('\.');
COPY t (a) FROM STDIN;
the last one has no end;
and the file no line end