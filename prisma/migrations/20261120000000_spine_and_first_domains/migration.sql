-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "WorkspaceRole" AS ENUM ('ADMIN', 'MEMBER', 'GUEST', 'BOT');

-- CreateEnum
CREATE TYPE "TopicKind" AS ENUM ('USER', 'PROJECT', 'CONTENT', 'CONVERSATION');

-- CreateEnum
CREATE TYPE "TopicRole" AS ENUM ('OWNER', 'ADMIN', 'MEMBER', 'GUEST');

-- CreateEnum
CREATE TYPE "TaskStatus" AS ENUM ('TODO', 'IN_PROGRESS', 'DONE');

-- CreateEnum
CREATE TYPE "TaskPriority" AS ENUM ('LOW', 'MEDIUM', 'HIGH');

-- CreateTable
CREATE TABLE "Workspace" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Workspace_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "User" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "externalId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT,
    "role" "WorkspaceRole" NOT NULL DEFAULT 'MEMBER',
    "deactivatedAt" TIMESTAMPTZ(3),
    "tokensNotBefore" TIMESTAMPTZ(3),
    "lastSeenAt" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Topic" (
    "id" UUID NOT NULL,
    "workspaceId" UUID NOT NULL,
    "kind" "TopicKind" NOT NULL,
    "externalId" TEXT,
    "deletedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Topic_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Membership" (
    "topicId" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "role" "TopicRole" NOT NULL,
    "joinedEventId" UUID NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Membership_pkey" PRIMARY KEY ("topicId","userId")
);

-- CreateTable
CREATE TABLE "Project" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "deletedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Project_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Task" (
    "id" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "title" TEXT NOT NULL,
    "description" TEXT,
    "status" "TaskStatus" NOT NULL DEFAULT 'TODO',
    "priority" "TaskPriority" NOT NULL DEFAULT 'MEDIUM',
    "assigneeId" UUID,
    "creatorId" UUID NOT NULL,
    "dueAt" TIMESTAMPTZ(3),
    "estimateMinutes" INTEGER,
    "version" INTEGER NOT NULL DEFAULT 1,
    "deletedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Task_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TimeEntry" (
    "id" UUID NOT NULL,
    "taskId" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "stoppedAt" TIMESTAMPTZ(3),

    CONSTRAINT "TimeEntry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Comment" (
    "id" UUID NOT NULL,
    "topicId" UUID NOT NULL,
    "taskId" UUID,
    "authorId" UUID NOT NULL,
    "text" TEXT NOT NULL,
    "mentionedIds" UUID[] DEFAULT ARRAY[]::UUID[],
    "version" INTEGER NOT NULL DEFAULT 1,
    "editedAt" TIMESTAMPTZ(3),
    "deletedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Comment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Notification" (
    "id" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "threadKey" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "eventId" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 1,
    "actorIds" UUID[] DEFAULT ARRAY[]::UUID[],
    "seenAt" TIMESTAMPTZ(3),
    "readAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Notification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "event" (
    "topic" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "actor_id" UUID,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "correlation_id" TEXT,
    "data" JSONB NOT NULL,
    "home" TEXT,
    "logged_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "event_pkey" PRIMARY KEY ("topic","seq")
);

-- CreateTable
CREATE TABLE "staged_event" (
    "xid" xid8 NOT NULL DEFAULT pg_current_xact_id(),
    "ord" BIGSERIAL NOT NULL,
    "topic" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "actor_id" UUID,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "correlation_id" TEXT,
    "data" JSONB NOT NULL,
    "home" TEXT,
    "changes_access" BOOLEAN NOT NULL,
    "consumers" TEXT[] DEFAULT ARRAY[]::TEXT[],

    CONSTRAINT "staged_event_pkey" PRIMARY KEY ("ord")
);

-- CreateTable
CREATE TABLE "topic_head" (
    "topic" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "event_id" UUID NOT NULL,
    "access_seq" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "topic_head_pkey" PRIMARY KEY ("topic")
);

-- CreateTable
CREATE TABLE "todo" (
    "consumer" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "ord" BIGSERIAL NOT NULL,
    "progress" JSONB,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "not_before" TIMESTAMPTZ(3),

    CONSTRAINT "todo_pkey" PRIMARY KEY ("consumer","topic","seq")
);

-- CreateTable
CREATE TABLE "due_work" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "data" JSONB NOT NULL DEFAULT '{}',
    "attempts" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "due_work_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_record" (
    "user_id" UUID NOT NULL,
    "mutation" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "input_hash" TEXT NOT NULL,
    "result" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_record_pkey" PRIMARY KEY ("user_id","mutation","key")
);

-- CreateIndex
CREATE UNIQUE INDEX "Workspace_slug_key" ON "Workspace"("slug");

-- CreateIndex
CREATE INDEX "User_workspaceId_name_idx" ON "User"("workspaceId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "User_workspaceId_externalId_key" ON "User"("workspaceId", "externalId");

-- CreateIndex
CREATE UNIQUE INDEX "Topic_workspaceId_kind_externalId_key" ON "Topic"("workspaceId", "kind", "externalId");

-- CreateIndex
CREATE INDEX "Membership_userId_topicId_idx" ON "Membership"("userId", "topicId");

-- CreateIndex
CREATE INDEX "Task_projectId_id_idx" ON "Task"("projectId", "id");

-- CreateIndex
CREATE INDEX "Task_assigneeId_idx" ON "Task"("assigneeId");

-- CreateIndex
CREATE INDEX "TimeEntry_taskId_id_idx" ON "TimeEntry"("taskId", "id");

-- CreateIndex
CREATE INDEX "TimeEntry_userId_id_idx" ON "TimeEntry"("userId", "id");

-- CreateIndex
CREATE INDEX "Comment_taskId_id_idx" ON "Comment"("taskId", "id");

-- CreateIndex
CREATE INDEX "Notification_userId_readAt_createdAt_idx" ON "Notification"("userId", "readAt", "createdAt" DESC);

-- CreateIndex
CREATE INDEX "Notification_userId_updatedAt_id_idx" ON "Notification"("userId", "updatedAt" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "Notification_userId_threadKey_key" ON "Notification"("userId", "threadKey");

-- CreateIndex
CREATE INDEX "event_id_idx" ON "event"("id");

-- CreateIndex
CREATE INDEX "event_topic_id_idx" ON "event"("topic", "id");

-- CreateIndex
CREATE INDEX "event_logged_at_idx" ON "event"("logged_at");

-- CreateIndex
CREATE INDEX "staged_event_xid_idx" ON "staged_event"("xid");

-- CreateIndex
CREATE INDEX "todo_consumer_ord_idx" ON "todo"("consumer", "ord");

-- CreateIndex
CREATE INDEX "due_work_due_at_idx" ON "due_work"("due_at");

-- CreateIndex
CREATE UNIQUE INDEX "due_work_kind_key_key" ON "due_work"("kind", "key");

-- CreateIndex
CREATE INDEX "idempotency_record_created_at_idx" ON "idempotency_record"("created_at");

-- AddForeignKey
ALTER TABLE "User" ADD CONSTRAINT "User_workspaceId_fkey" FOREIGN KEY ("workspaceId") REFERENCES "Workspace"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Topic" ADD CONSTRAINT "Topic_workspaceId_fkey" FOREIGN KEY ("workspaceId") REFERENCES "Workspace"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Membership" ADD CONSTRAINT "Membership_topicId_fkey" FOREIGN KEY ("topicId") REFERENCES "Topic"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Membership" ADD CONSTRAINT "Membership_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Project" ADD CONSTRAINT "Project_id_fkey" FOREIGN KEY ("id") REFERENCES "Topic"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Task" ADD CONSTRAINT "Task_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Task" ADD CONSTRAINT "Task_assigneeId_fkey" FOREIGN KEY ("assigneeId") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Task" ADD CONSTRAINT "Task_creatorId_fkey" FOREIGN KEY ("creatorId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TimeEntry" ADD CONSTRAINT "TimeEntry_taskId_fkey" FOREIGN KEY ("taskId") REFERENCES "Task"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TimeEntry" ADD CONSTRAINT "TimeEntry_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TimeEntry" ADD CONSTRAINT "TimeEntry_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Comment" ADD CONSTRAINT "Comment_taskId_fkey" FOREIGN KEY ("taskId") REFERENCES "Task"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Comment" ADD CONSTRAINT "Comment_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Notification" ADD CONSTRAINT "Notification_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;


-- What schema.prisma cannot say ----------------------------------------------------------------

-- One running timer per person: the guard; startTimer stopping the other one is the courtesy.
CREATE UNIQUE INDEX "TimeEntry_one_running_per_user" ON "TimeEntry" ("userId") WHERE "stoppedAt" IS NULL;

CREATE INDEX "Notification_unread" ON "Notification" ("userId", "updatedAt" DESC, "id" DESC) WHERE "readAt" IS NULL;

-- The counter row is updated by every commit on its topic: room on the page keeps the updates HOT.
ALTER TABLE "topic_head" SET (fillfactor = 50);

-- Staged rows never outlive their transaction, so nothing is lost when a crash empties the table.
ALTER TABLE "staged_event" SET UNLOGGED;

-- Sequence numbers are given inside COMMIT: append anywhere in a transaction, topics numbered in sorted
-- order, so that there is no deadlock and no hole, and the counter's row lock is held for no round trip.
CREATE FUNCTION number_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  WITH taken AS (
    DELETE FROM staged_event WHERE xid = pg_current_xact_id() RETURNING *
  ), placed AS (
    SELECT taken.*, row_number() OVER (PARTITION BY topic ORDER BY ord) AS place FROM taken
  ), per_topic AS (
    SELECT topic, count(*) AS total, coalesce(max(place) FILTER (WHERE changes_access), 0) AS access_place,
           (array_agg(id ORDER BY ord DESC))[1] AS last_id
    FROM placed GROUP BY topic
  ), head AS (
    INSERT INTO topic_head AS h (topic, seq, event_id, access_seq)
    SELECT topic, total, last_id, access_place FROM per_topic ORDER BY topic
    ON CONFLICT (topic) DO UPDATE SET
      seq = h.seq + excluded.seq,
      event_id = excluded.event_id,
      access_seq = CASE WHEN excluded.access_seq > 0 THEN h.seq + excluded.access_seq ELSE h.access_seq END
    RETURNING topic, seq
  ), numbered AS (
    SELECT placed.*, head.seq - per_topic.total + placed.place AS seq
    FROM placed JOIN per_topic USING (topic) JOIN head USING (topic)
  ), logged AS (
    INSERT INTO event (topic, seq, id, kind, actor_id, at, correlation_id, data, home)
    SELECT topic, seq, id, kind, actor_id, at, correlation_id, data, home FROM numbered
  )
  INSERT INTO todo (consumer, topic, seq)
  SELECT consumer, topic, seq FROM numbered CROSS JOIN LATERAL unnest(consumers) AS consumer
  ORDER BY topic, seq;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER number_events AFTER INSERT ON staged_event
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION number_events();
