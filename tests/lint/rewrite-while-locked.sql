ALTER TABLE orders ADD COLUMN note text;
ALTER TABLE items SET UNLOGGED; -- expect: rewrite-while-locked, set-logged-unlogged
ALTER TABLE orders SET LOGGED; -- expect: set-logged-unlogged
CREATE TABLE fresh (id int);
ALTER TABLE fresh SET UNLOGGED;

-- file: V2__alone.sql
ALTER TABLE items SET LOGGED; -- expect: set-logged-unlogged
