-- CreateTable
CREATE TABLE "refused_token" (
    "user_id" UUID NOT NULL,
    "token_id" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "refused_token_pkey" PRIMARY KEY ("user_id","token_id")
);

-- CreateIndex
CREATE INDEX "refused_token_expires_at_idx" ON "refused_token"("expires_at");

-- AddForeignKey
ALTER TABLE "refused_token" ADD CONSTRAINT "refused_token_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
