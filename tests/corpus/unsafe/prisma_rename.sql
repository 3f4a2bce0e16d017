-- hazard: drop-column, drop-add-looks-like-rename
ALTER TABLE "User" DROP COLUMN "name",
ADD COLUMN     "fullName" TEXT;
