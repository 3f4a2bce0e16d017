-- not for the grammar: it knows the new strings only
SET standard_conforming_strings = off;
SET escape_string_warning = off;
INSERT INTO t VALUES ('it\'s; fine', '\\', 'C:\\dir\\;', N'n\';', 'a' 'b');
SELECT 'a'
	'\';b', E'\';', U&'\', x'1', "\";
SELECT $$\$$, $a$'\;$a$;
SET standard_conforming_strings TO 'on';
SELECT '\'; SELECT 'C:\dir\'; SELECT E'\';';
SET LOCAL standard_conforming_strings = 0;
SELECT '\';';
RESET standard_conforming_strings;
SELECT '\'; SELECT 1;
