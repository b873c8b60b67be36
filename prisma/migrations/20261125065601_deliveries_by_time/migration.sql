-- CreateIndex
CREATE INDEX "Delivery_createdAt_idx" ON "Delivery" USING BRIN ("createdAt");
