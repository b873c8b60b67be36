-- AlterTable
ALTER TABLE "Notification" ADD COLUMN     "alike" INTEGER;
