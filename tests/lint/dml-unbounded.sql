UPDATE orders SET total = 0; -- expect: dml-unbounded
DELETE FROM app.orders -- expect: dml-unbounded
	WHERE true;
UPDATE orders AS o SET total = 0 WHERE 1 = 1 RETURNING id; -- expect: dml-unbounded
UPDATE orders SET total = 0 WHERE id < 10;
DELETE FROM orders WHERE false;
CREATE TABLE fresh (id int);
UPDATE fresh SET id = 1;
DELETE FROM fresh;

-- file: V2__batch.sql
-- transaction: off
-- migrate:batch table=orders key=id
UPDATE orders SET total = 0 WHERE id BETWEEN :from AND :to;
