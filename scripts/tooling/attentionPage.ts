import { branches } from '../../src/domains/attention/decide.ts';
import { presets } from '../../src/domains/attention/settings.ts';
import { code, notice, page, table } from './markdown.ts';
import { drawDays, simulate } from './simulation.ts';

/** docs/attention.md and its chart. */
export async function attentionFiles(): Promise<{ path: string; content: string }[]> {
  const { events } = await import('../../src/domains/catalogue.ts');
  const days = simulate();
  const inPlaces = [...events.values()].filter(
    ({ topicKind, internal, stream }) => !internal && !stream && [topicKind].flat().some((kind) => kind !== 'user'),
  );
  const tells = inPlaces.filter(({ notify }) => notify?.followers || (notify?.everyone && !notify.tellsEveryone));
  const silent = inPlaces.filter((event) => !tells.includes(event)).map(({ kind }) => kind);
  const followed = [
    ...tells.map(({ kind, notify }) => [
      code(kind),
      notify?.everyone ? 'everybody is told' : notify?.followers?.tells ? 'told, but for what is no news' : 'told',
    ]),
    ...silent.map((kind) => [code(kind), notToFollowers[kind] ? `not told: ${notToFollowers[kind]}` : 'not told']),
  ];
  return [
    { path: 'docs/attention.md', content: attentionPage(days, followed) },
    { path: 'docs/attention.svg', content: drawDays(days) },
  ];
}

/** Why whoever follows everything in a place is not told of these. */
const notToFollowers: Readonly<Record<string, string>> = {
  ProjectCreated: 'nobody can follow it before',
  ContentCreated: 'nobody can follow it before',
  ConversationCreated: 'nobody can follow it before',
  ProjectDeleted: 'what was told of it expires',
  ContentDeleted: 'what was told of it expires',
  TaskDeleted: 'what was told of it expires',
  TimeStarted: 'noise',
  TimeStopped: 'noise',
  CommentEdited: 'a correction is for whom it mentions anew',
  MessageEdited: 'a correction is for whom it mentions anew',
  CommentDeleted: 'nothing is left to read',
  MessageDeleted: 'nothing is left to read',
  ReactionChanged: 'noise',
  MessagesRead: 'noise',
  OfferCreated: 'it is between two parties',
  OfferUpdated: 'it is between two parties',
  OfferAccepted: 'it is between two parties',
  ExternalEvent: 'its publisher says who is told, or everybody',
};

function attentionPage(days: ReturnType<typeof simulate>, followed: string[][]): string {
  return page(
    '# Attention',
    notice,
    'Data is immediate, attention is scheduled: topic streams and inbox rows arrive at once, always; only an alert or an e-mail may wait. What waits is counted (`attention { held nextReleaseAt }`), has a reason in words (`deliveries { sentence }`, `Notification.why`, `explain(eventId)`), and is told together, as one `BatchReleased` with a sentence.',
    '## What makes it hard',
    [
      '- **A focus is ended just before a hold commits.** Whoever decides about a person locks their row of `Attention` first (in the order of ids), and so does whoever changes it or releases: a hold is either decided under the new settings, or there when they are applied. Whoever has no row has nothing that could hold.',
      '- **Something is read in the moment of its release.** The release locks what is held before it reads it: either it is told, or it was read first.',
      '- **Two servers wake for the same moment.** The due work of a person is one row that only one of them takes, and the release holds the person’s lock: one summary, never two.',
      '- **A release that falls into quiet time.** Its time is moved to the end of that when it is decided, and again when it comes.',
      '- **Access lost meanwhile.** It is asked again at the release; what was held is CANCELLED and says so.',
      '- **A task that is due soon is finished while the reminder waits**, moved, given away or deleted. The command drops what waits then; what is being held in that very moment is asked again at the release (`overtaken` of a declaration).',
      '- **Settings, rules or follows change while something waits.** All that waits is decided again in the same transaction; after a change of a rule of the workspace by due work of each person.',
      '- **The clocks change.** A local time that is left out comes as much later; one that comes twice counts once, the first time (`Temporal`, disambiguation `compatible`). A day’s budget begins with the person’s own day, which may have 23 or 25 hours.',
      '- **Quiet hours that leave no minute of the week free.** Nothing is held longer than a week.',
      '- **The budget is spent.** What would have come through is held like the rest, and its sentence says why.',
    ].join('\n'),
    '## Decisions',
    'Asked from top to bottom; the first that is true settles it. INBOX stops at RULE, and is on otherwise. The table is printed from `src/domains/attention/decide.ts`; tests bring about each of them through the API, with its sentence.',
    table(
      ['decision', 'when', 'then'],
      Object.entries(branches).map(([name, [asks, outcome]]) => [code(name), asks, outcome]),
    ),
    '## Rules',
    'A rule has a channel and a value (`INBOX`: ON, OFF; `ALERT`: ON, OFF, BATCH; `EMAIL`: DIGEST, OFF), may be restricted to a kind of event, a reason and a place, and may end. A mandatory one of the workspace wins over all, then the person’s own over the workspace’s, then the more specific: the place weighs more than the reason, and the reason more than the kind of event. `effective(…)` says which won over which. Without rules everything is on. A person’s own ON for alerts also means: do not wait for a batch.',
    '## Following',
    'A place is followed by itself when somebody is given something there, is mentioned, comments, begins it or joins (PARTICIPATING: told of what they take part in and what is meant for them), never against what they chose. Who chose ALL is told of everything that happens, with the reason FOLLOWING, but for noise. Where nobody chose ALL, what concerns nobody in particular makes no work.',
    table(['event', 'who follows ALL'], followed),
    '## Presets',
    table(
      ['preset', 'in one sentence'],
      Object.entries(presets).map(([name, { description }]) => [code(name), description]),
    ),
    '## A day of 400 events',
    'Messages, comments, mentions and assignments as they come to a busy person on a Wednesday, each decided by the function that the server uses. A release is one interruption, however much it tells. Made by `npm run simulate`; the same every time.',
    table(
      ['plan', 'interruptions', 'hours without any', 'longest wait of what was meant in person', 'median wait of all'],
      days.map((day) => [
        day.name,
        String(day.interruptions),
        String(day.undisturbedHours),
        minutes(day.longestUrgentMinutes),
        minutes(day.medianMinutes),
      ]),
    ),
    '![Interruptions by the hour under each preset](attention.svg)',
    'The longest waits are those of the evening: what comes in quiet hours is told when they end. Who wants mentions at night lets them come through (`breakThrough`).',
  );
}

function minutes(count: number): string {
  return count < 60 ? `${count} min` : `${Math.floor(count / 60)} h ${count % 60} min`;
}
