-- transaction: off
-- As Prisma Migrate writes a rename.
/*
  Warnings:

  - You are about to drop the column `name` on the `User` table. All the data in the column will be lost.
*/
-- AlterTable
ALTER TABLE "User" DROP COLUMN "name", -- expect: drop-column
ADD COLUMN     "fullName" TEXT; -- expect: drop-add-looks-like-rename

-- In two statements, in either order; a column is as good as another of its kind.
ALTER TABLE orders ADD COLUMN price numeric(10, 2);
ALTER TABLE orders DROP COLUMN cost; -- expect: drop-add-looks-like-rename, drop-column
ALTER TABLE lines ADD COLUMN number integer;
ALTER TABLE lines ADD COLUMN label text;
ALTER TABLE lines DROP COLUMN position, -- expect: drop-add-looks-like-rename, drop-column
	DROP COLUMN name; -- expect: drop-add-looks-like-rename, drop-column
ALTER TABLE parts DROP COLUMN width; -- expect: drop-column
ALTER TABLE parts ADD COLUMN width numeric; -- expect: drop-add-looks-like-rename

-- Other tables, kinds and schemas.
ALTER TABLE shops DROP COLUMN name; -- expect: drop-column
ALTER TABLE towns ADD COLUMN name text;
ALTER TABLE s1.a DROP COLUMN name; -- expect: drop-column
ALTER TABLE s2.a ADD COLUMN title text;
ALTER TABLE items ADD COLUMN at timestamptz;
ALTER TABLE items ALTER COLUMN flag TYPE boolean; -- expect: change-type-rewrite
ALTER TABLE items DROP COLUMN flag; -- expect: drop-column
ALTER TABLE rooms ALTER COLUMN flag TYPE boolean; -- expect: change-type-rewrite
ALTER TABLE rooms DROP COLUMN flag; -- expect: drop-column
ALTER TABLE rooms ADD COLUMN at timestamptz;
ALTER TABLE users DROP COLUMN a; -- expect: drop-column
ALTER TABLE users DROP COLUMN b; -- expect: drop-column
CREATE TABLE fresh (a int, b int);
ALTER TABLE fresh DROP COLUMN a, ADD COLUMN c int;

-- Filled before the old one goes, made and given up, or of a later file.
-- file: V2__copied.sql
-- transaction: off
ALTER TABLE files ADD COLUMN title text;
UPDATE files SET title = name WHERE id < 1000;
ALTER TABLE files DROP COLUMN name; -- expect: drop-column
ALTER TABLE tags ADD COLUMN a text;
ALTER TABLE tags DROP COLUMN a;
ALTER TABLE notes ADD COLUMN a text;
-- file: V3__later.sql
ALTER TABLE notes DROP COLUMN b; -- expect: drop-column
-- file: U3__later.sql
ALTER TABLE notes DROP COLUMN c, ADD COLUMN b text;
