import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startApp } from '../../../test/support/app.ts';
import { attend, attentionOf, deliveriesOf, device } from '../../../test/support/attention.ts';
import { run } from '../../../test/support/commands.ts';
import { readInbox } from '../../../test/support/inbox.ts';
import type { Person, TaskRow } from '../../../test/support/world.ts';

type Step =
  | { do: 'comment' | 'mention'; task: number; by: number }
  | { do: 'preset'; preset: 'INSTANT' | 'BALANCED' | 'CALM' }
  | { do: 'focus' | 'later'; minutes: number }
  | { do: 'endFocus' | 'pause' | 'resume' | 'release' | 'readAll' | 'done' | 'mute' | 'unmute' };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constantFrom('comment' as const, 'mention' as const),
        task: fc.nat(2),
        by: fc.nat(2),
      }),
    },
    fc.record({ do: fc.constant('preset' as const), preset: fc.constantFrom('INSTANT', 'BALANCED', 'CALM') }),
    fc.record({ do: fc.constantFrom('focus' as const, 'later' as const), minutes: fc.integer({ min: 1, max: 400 }) }),
    fc.record({
      do: fc.constantFrom('endFocus', 'pause', 'resume', 'release', 'readAll', 'done', 'mute', 'unmute'),
    }),
  ),
  { minLength: 8, maxLength: 25 },
) as never;

test('every event ends told, left out or dropped for a reason, or waits and is counted; what waited was told or dropped', {
  timeout: 90_000,
}, async () => {
  await using app = await startApp({ startsAt: new Date('2026-11-04T10:00:00Z') });
  await using second = await startApp({ with: app });
  const servers = [app, second];
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const { owner, members, project } = await app.world.project({ members: 3 });
      const [person, ...others] = [members[0], owner, members[1], members[2]] as Person[] as [Person, ...Person[]];
      const tasks: TaskRow[] = [];
      for (let n = 0; n < 3; n++) tasks.push(await app.world.task({ project, by: person }));
      // Every event of their topic is a change of the inbox then.
      await attend(app, person, 'updateAttention', { celebrations: 'OFF' });
      await app.settled();
      const phone = await device(app, person);
      const place = { kind: 'PROJECT', id: project.id };
      const said = new Map<string, { count: number; actors: Set<string> }>();
      const inputs: Partial<Record<Step['do'], readonly [string, object]>> = {
        endFocus: ['endFocus', {}],
        pause: ['pauseAlerts', {}],
        resume: ['resumeAlerts', {}],
        release: ['releaseHeld', {}],
        mute: ['follow', { topic: place, level: 'MUTED' }],
        unmute: ['follow', { topic: place, level: 'PARTICIPATING' }],
        readAll: ['markAllNotificationsRead', {}],
        done: ['updateNotifications', { filter: { unreadOnly: true }, action: 'DONE' }],
      };
      for (const [nth, step] of all.entries()) {
        const server = servers[nth % 2] ?? app;
        switch (step.do) {
          case 'comment':
          case 'mention': {
            const task = tasks[step.task] as TaskRow;
            const by = others[step.by] as Person;
            await server.world.comment({ task, by, mentions: step.do === 'mention' ? [person] : [] });
            // One at a time, so that it is known which of the two came first.
            await app.settled();
            const known = said.get(task.id) ?? { count: 0, actors: new Set<string>() };
            said.set(task.id, { count: known.count + 1, actors: known.actors.add(by.id) });
            break;
          }
          case 'preset':
            await attend(server, person, 'updateAttention', { preset: step.preset });
            break;
          case 'focus':
            await attend(server, person, 'startFocus', { minutes: step.minutes });
            break;
          case 'later':
            app.clock.advance(step.minutes * 60_000);
            break;
          default: {
            const [name, input] = inputs[step.do] as readonly [string, object];
            await run(server, person, name, input);
            if (step.do === 'readAll' || step.do === 'done') said.clear();
          }
        }
      }
      await app.settled();
      // Nothing more is due.
      await expect
        .poll(() =>
          app.services.database.query('SELECT 1 FROM due_work WHERE key = $1 AND due_at <= $2', [
            person.id,
            app.clock.now(),
          ]),
        )
        .toEqual([]);

      const deliveries = await deliveriesOf(app, person);
      const comments = all.filter((step) => step.do === 'comment' || step.do === 'mention').length;
      const about = deliveries.filter(({ reason }) => reason === 'COMMENTED' || reason === 'MENTIONED');
      expect(about).toHaveLength(comments);
      const held = deliveries.filter(({ state }) => state === 'HELD');
      for (const { dueAt, decision } of held) expect(dueAt !== null || decision === 'PAUSED').toBe(true);
      expect((await attentionOf(app, person)).held).toBe(held.length);
      for (const { state, decision, sentence } of deliveries) {
        expect(['SENT', 'SKIPPED', 'HELD', 'RELEASED', 'CANCELLED']).toContain(state);
        expect(sentence).toMatch(/^[A-Z].*\.$/);
        if (state === 'SKIPPED') expect(['MUTED', 'RULE', 'LOOKING']).toContain(decision);
      }
      // What summaries told is what was released, each once.
      const { headCursor, nodes } = await readInbox(app, person);
      const told: number[] = [];
      for (let cursor = ''; cursor !== headCursor; ) {
        const { inbox } = (await phone.next()).data;
        if (inbox.__typename === 'BatchReleased') told.push(inbox.count);
        cursor = inbox.cursor;
      }
      const released = deliveries.filter(({ state }) => state === 'RELEASED');
      expect(told.reduce((sum, count) => sum + count, 0)).toBe(released.length);
      // n events about k things are k rows, whose counts add up to n, with each person once.
      for (const [taskId, { count, actors }] of said) {
        const row = nodes.find(({ threadKey }) => threadKey === `task:${taskId}`);
        const muted = deliveries.some(({ state, decision }) => state === 'SKIPPED' && decision === 'MUTED');
        if (muted) continue;
        expect(row).toMatchObject({ count });
        expect(row?.actors.map(({ id }) => id).sort()).toEqual([...actors].sort());
      }
    }),
    { numRuns: 5 },
  );
});
