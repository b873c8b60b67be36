-- CreateEnum
CREATE TYPE "DigestRunState" AS ENUM ('QUEUED', 'SENDING', 'SENT', 'FAILED', 'UNKNOWN', 'SKIPPED_EMPTY', 'SKIPPED_OPTED_OUT', 'SKIPPED_NO_ADDRESS');

-- CreateTable
CREATE TABLE "DigestRun" (
    "id" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "slot" TIMESTAMPTZ(3) NOT NULL,
    "asked" BOOLEAN NOT NULL DEFAULT false,
    "state" "DigestRunState" NOT NULL DEFAULT 'QUEUED',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "problem" TEXT,
    "items" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "DigestRun_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "UnsubscribeLink" (
    "userId" UUID NOT NULL,
    "token" TEXT NOT NULL,

    CONSTRAINT "UnsubscribeLink_pkey" PRIMARY KEY ("userId")
);

-- CreateIndex
CREATE UNIQUE INDEX "DigestRun_userId_slot_key" ON "DigestRun"("userId", "slot");

-- CreateIndex
CREATE UNIQUE INDEX "UnsubscribeLink_token_key" ON "UnsubscribeLink"("token");

-- AddForeignKey
ALTER TABLE "DigestRun" ADD CONSTRAINT "DigestRun_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "UnsubscribeLink" ADD CONSTRAINT "UnsubscribeLink_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
