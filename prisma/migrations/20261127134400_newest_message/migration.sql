-- The newest message of a conversation, for whoever marks it as read: behind 10,000 reactions and receipts 1.15 ms and 315
-- pages without it, 0.04 ms and 4 pages with it (EXPLAIN ANALYZE, 200,000 events, PostgreSQL 15, 2026-11-27).
CREATE INDEX "event_message_sent" ON "event" ("topic", "seq" DESC) INCLUDE ("id") WHERE "kind" = 'MessageSent';
