-- What a thousand people told of one event do not need written. Milliseconds of the database's CPU for 1,000 (PostgreSQL 15,
-- 2026-11-27): deliveries 20 with the foreign key and 15 without, which looked up and locked each person again; a look at
-- the feed's index for every event of an inbox, which no feed shows, 4.6 of 18; an index of notifications that nothing asks, 1.3.
ALTER TABLE "Delivery" DROP CONSTRAINT "Delivery_userId_fkey";
DROP INDEX "Notification_userId_readAt_createdAt_idx";

-- IF NOT EXISTS: where the log is long they are made before, by hand and CONCURRENTLY (docs/operations.md).
-- By id alone, and by id in a topic: a fact that was copied to a thousand people has a thousand rows.
CREATE INDEX IF NOT EXISTS "event_id_topic_idx" ON "event"("id", "topic");
DROP INDEX "event_id_idx";

-- The activity feed, over many topics at once: 58–161 ms without, 0.5–4 ms with it (400,000 events, PGlite).
CREATE INDEX IF NOT EXISTS "event_feed" ON "event" ("topic", "id") WHERE "kind" <> 'NotificationUpserted';
DROP INDEX "event_topic_id_idx";
