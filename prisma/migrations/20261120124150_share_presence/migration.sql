-- AlterTable
ALTER TABLE "User" ADD COLUMN     "sharePresence" BOOLEAN NOT NULL DEFAULT true;
