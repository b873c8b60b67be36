import { expect, test } from 'vitest';
import { startApp } from '../../../test/support/app.ts';
import { countsOf, readInbox } from '../../../test/support/inbox.ts';
import type { Person } from '../../../test/support/world.ts';
import type { TxClient } from '../../platform/database.ts';

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
