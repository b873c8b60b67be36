-- CreateTable
CREATE TABLE "wanted_topic" (
    "topic" TEXT NOT NULL,

    CONSTRAINT "wanted_topic_pkey" PRIMARY KEY ("topic")
);

INSERT INTO "wanted_topic" ("topic")
SELECT DISTINCT lower(t.kind::text) || ':' || t.id FROM "Follow" f JOIN "Topic" t ON t.id = f."topicId" WHERE f.level = 'ALL';
