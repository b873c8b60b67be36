-- AlterTable
ALTER TABLE "Attention" ADD COLUMN     "celebratedAt" TIMESTAMPTZ(3),
ALTER COLUMN "remindMinutes" SET DEFAULT ARRAY[60]::INTEGER[];

-- Nobody could choose reminders before.
UPDATE "Attention" SET "remindMinutes" = ARRAY[60];
