-- not for the grammar: what people get wrong, and psql sends
SELEKT 1; CREATE TABEL t (a int);
SELECT 1) + 2; SELECT [1; 2];
SELECT 'a' 'b', x'1' y'2', 1a, 1e, $1a, :x, :'y;', :"z;", #;
CREATE TABLE t (a int,); INSERT INTO t VALUES (1, 2,);
SELECT * FROM WHERE; ,;
DELIMITER //
SELECT 1 //
CREATE PROCEDURE p() BEGIN SELECT 1; END
;
UPDATE t SET a = 1 WHERE b = `x`; GO
SELECT @a := 1, [name] FROM t; -- not ours;
USE db; SHOW TABLES; DESCRIBE t;
CREATE FUNCTION f() RETURNS trigger AS BEGIN; RETURN NEW; END LANGUAGE plpgsql;
SELECT ((1;
SELECT 2; -- psql waits for the parenthesis
