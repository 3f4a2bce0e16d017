SELECT '', '''', '''''', ';', '''; ', 'a''b;', '"', '--', '/* ; */', '$$;$$', '\', '\\';
SELECT E'', E'\'', e'\\', E'\\\';', E'''', e'a\nb\t;\x41\101\u0041\U00000041', E'\\''';
SELECT U&'', U&'d\0061t\+000061;', u&'\\', U&'a''b;', U&'!0061;' UESCAPE '!';
SELECT B'', b'1010', X'', x'1FF', N'n;', n'it''s';
SELECT "a", "a;b", "a""b;", "--", "/*", "$$", "it's", "\", U&"d\0061t", u&"a""\0062;", U&"x!0061" UESCAPE '!' FROM "select";
SELECT 'a;'
	';b'
	';c', E'it\'s;'
'and it''s;', U&'\0061'
	'b;';
SELECT 'line one;
line two; -- no comment
/* nor this
';
SELECT 'tab	;', 'ä;', E'\xc3\xa4', '€', '🐘;', 'a' || 'b';
SELECT ne, e, b, x, n, u, u & 1, x'1' FROM t WHERE e='\' AND n='\' AND be='\';
SELECT type 'literal;', float8 '1', "my type" 'a;b';
SET search_path = 'a;b', "c;d", public;
SET TIME ZONE 'Europe/Berlin;';
