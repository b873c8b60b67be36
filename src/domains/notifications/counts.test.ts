import { expect, test } from 'vitest';
import { startApp } from '../../../test/support/app.ts';
import { countsOf, readInbox } from '../../../test/support/inbox.ts';
import type { Person } from '../../../test/support/world.ts';
import type { TxClient } from '../../platform/database.ts';
import { newId } from '../../platform/ids.ts';

test('transactions that meet at an inbox do not wait for each other, and leave no more counts than were at it at once', async () => {
  await using app = await startApp();
  const { owner, members, project } = await app.world.project({ members: 1 });
  const [member] = members as [Person];
  for (let nth = 0; nth < 2; nth++) await app.world.task({ project, by: owner, assignee: member });
  await app.settled();
  const { database } = app.services;
  const { nodes } = await readInbox(app, member);
  const [one, other] = nodes.map(({ id }) => id);
  const turn = (tx: TxClient, id: string | undefined) =>
    tx.$executeRaw`UPDATE "Notification" SET "readAt" = CASE WHEN "readAt" IS NULL THEN now() END WHERE id = ${id}::uuid`;
  for (let meeting = 0; meeting < 5; meeting++) {
    const [changed, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const longer = database.begin(async (tx) => {
      await turn(tx, one);
      changed.resolve();
      await over.promise;
    });
    await changed.promise;
    await database.begin((tx) => turn(tx, other));
    over.resolve();
    await longer;
    const inbox = await readInbox(app, member);
    expect(inbox.counts).toEqual(countsOf(inbox.nodes));
  }
  expect(await database.db.inboxCount.count({ where: { userId: member.id } })).toBe(2);
});

test('counts of 5,000 rows at once do not wait for a plan that was made for one', async () => {
  await using app = await startApp();
  const { owner, members, project } = await app.world.project({ members: 1 });
  const [member] = members as [Person];
  await app.world.task({ project, by: owner, assignee: member });
  await app.settled();
  const { database } = app.services;
  const copies = Array.from({ length: 5_000 }, newId);
  await database.begin(async (tx) => {
    await tx.$executeRaw`UPDATE "Notification" SET "seenAt" = now() WHERE "threadKey" LIKE 'task:%'`;
    await tx.$executeRaw`
      INSERT INTO "Notification" (id, "userId", "threadKey", topic, type, "eventId", reason, "updatedAt")
      SELECT c, "userId", 'task:' || c, topic, type, "eventId", reason, "updatedAt"
      FROM (SELECT * FROM "Notification" WHERE "userId" = ${member.id}::uuid LIMIT 1) n, unnest(${copies}::uuid[]) c`;
    await tx.$executeRaw`SET LOCAL statement_timeout = '5s'`;
    await tx.$executeRaw`UPDATE "Notification" SET "doneAt" = now() WHERE id = ANY(${copies}::uuid[])`;
  });
  const { counts } = await readInbox(app, member);
  expect(counts).toMatchObject({ done: 5_000, unread: counts.total - 5_000 });
});
