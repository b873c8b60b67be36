-- CreateEnum
CREATE TYPE "NotificationChannel" AS ENUM ('INBOX', 'ALERT', 'EMAIL');

-- CreateEnum
CREATE TYPE "FollowLevel" AS ENUM ('ALL', 'PARTICIPATING', 'NONE', 'MUTED');

-- CreateEnum
CREATE TYPE "DeliveryState" AS ENUM ('SENT', 'SKIPPED', 'HELD', 'RELEASED', 'CANCELLED');

-- CreateTable
CREATE TABLE "Attention" (
    "userId" UUID NOT NULL,
    "preset" TEXT NOT NULL DEFAULT 'INSTANT',
    "timeZone" TEXT,
    "quietWindows" JSONB NOT NULL DEFAULT '[]',
    "batchTimes" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "alertStyle" TEXT NOT NULL DEFAULT 'TOAST',
    "celebrations" TEXT NOT NULL DEFAULT 'SUBTLE',
    "breakThrough" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "breakThroughPerDay" INTEGER NOT NULL DEFAULT 0,
    "remindMinutes" INTEGER[] DEFAULT ARRAY[]::INTEGER[],
    "focusStartedAt" TIMESTAMPTZ(3),
    "focusUntil" TIMESTAMPTZ(3),
    "focusAllow" JSONB NOT NULL DEFAULT '{}',
    "focusHeadsUpAt" TIMESTAMPTZ(3),
    "pausedAt" TIMESTAMPTZ(3),
    "pausedUntil" TIMESTAMPTZ(3),
    "digestCadence" TEXT,
    "digestTime" TEXT NOT NULL DEFAULT '08:00',
    "digestWeekday" INTEGER NOT NULL DEFAULT 1,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Attention_pkey" PRIMARY KEY ("userId")
);

-- CreateTable
CREATE TABLE "Rule" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "userId" UUID,
    "eventType" TEXT,
    "reason" TEXT,
    "topicId" UUID,
    "channel" "NotificationChannel" NOT NULL,
    "value" TEXT NOT NULL,
    "mandatory" BOOLEAN NOT NULL DEFAULT false,
    "until" TIMESTAMPTZ(3),
    "key" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Rule_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Follow" (
    "userId" UUID NOT NULL,
    "topicId" UUID NOT NULL,
    "level" "FollowLevel" NOT NULL,
    "until" TIMESTAMPTZ(3),
    "explicit" BOOLEAN NOT NULL DEFAULT false,
    "origin" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Follow_pkey" PRIMARY KEY ("userId","topicId")
);

-- CreateTable
CREATE TABLE "Delivery" (
    "id" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "eventId" UUID NOT NULL,
    "channel" "NotificationChannel" NOT NULL,
    "state" "DeliveryState" NOT NULL,
    "notificationId" UUID,
    "topic" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "decision" TEXT NOT NULL,
    "details" JSONB NOT NULL DEFAULT '{}',
    "cancelled" TEXT,
    "version" INTEGER NOT NULL DEFAULT 0,
    "dueAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sentAt" TIMESTAMPTZ(3),
    "seenAt" TIMESTAMPTZ(3),
    "releaseId" UUID,

    CONSTRAINT "Delivery_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Rule_key_key" ON "Rule"("key");

-- CreateIndex
CREATE INDEX "Rule_userId_idx" ON "Rule"("userId");

-- CreateIndex
CREATE INDEX "Rule_workspaceId_userId_idx" ON "Rule"("workspaceId", "userId");

-- CreateIndex
CREATE INDEX "Follow_topicId_level_idx" ON "Follow"("topicId", "level");

-- CreateIndex
CREATE INDEX "Delivery_userId_channel_state_dueAt_idx" ON "Delivery"("userId", "channel", "state", "dueAt");

-- CreateIndex
CREATE INDEX "Delivery_notificationId_idx" ON "Delivery"("notificationId");

-- CreateIndex
CREATE INDEX "Delivery_createdAt_idx" ON "Delivery"("createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "Delivery_userId_eventId_channel_key" ON "Delivery"("userId", "eventId", "channel");

-- AddForeignKey
ALTER TABLE "Attention" ADD CONSTRAINT "Attention_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Rule" ADD CONSTRAINT "Rule_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Follow" ADD CONSTRAINT "Follow_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Follow" ADD CONSTRAINT "Follow_topicId_fkey" FOREIGN KEY ("topicId") REFERENCES "Topic"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Delivery" ADD CONSTRAINT "Delivery_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
