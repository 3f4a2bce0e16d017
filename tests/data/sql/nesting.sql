SELECT ((((((((((1))))))))));
SELECT 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10 + 11 + 12 + 13 + 14 + 15 + 16 + 17 + 18 + 19 + 20;
SELECT ARRAY[ARRAY[1, 2], ARRAY[3, 4]], ROW(ROW(1, (2)), ';'), (((SELECT (VALUES (1)))));
SELECT f(g(h(';', (SELECT i(j(k('))'))))))), '(;', "(;" FROM t WHERE (a, b) IN ((1, 2), (3, 4)) AND ((c));
CREATE TABLE t (a int CHECK ((((a > 0) AND (a < 10)) OR (a = ANY (ARRAY[(11), (12)])))), b int DEFAULT ((1 + 2) * (3)));
