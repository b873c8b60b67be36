-- CreateTable
CREATE TABLE "BulkChange" (
    "userId" UUID NOT NULL,
    "action" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3),
    "changeId" UUID,
    "ids" UUID[],
    "marks" BIGINT[],
    "through" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "BulkChange_pkey" PRIMARY KEY ("userId")
);

-- AddForeignKey
ALTER TABLE "BulkChange" ADD CONSTRAINT "BulkChange_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
