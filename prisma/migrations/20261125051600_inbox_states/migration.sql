-- AlterTable
ALTER TABLE "Notification" ADD COLUMN     "changeId" UUID,
ADD COLUMN     "doneAt" TIMESTAMPTZ(3),
ADD COLUMN     "expiredAt" TIMESTAMPTZ(3),
ADD COLUMN     "replaced" JSONB,
ADD COLUMN     "snoozedUntil" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "Notification_topic_threadKey_idx" ON "Notification"("topic", "threadKey");
