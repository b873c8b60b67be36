// The pages of docs/ that are tables of something in the code.

import { offerMoves, offerStatuses, transitions } from '../../src/domains/offers/states.ts';
import { type EventField, wireNamesOf } from '../../src/events/define.ts';
import { describeConfig } from '../../src/platform/config.ts';
import { describeErrors } from '../../src/platform/errors.ts';
import { describeMetrics } from '../../src/platform/metrics.ts';
import { code, notice, page, table } from './markdown.ts';

/** docs/errors.md */
export async function errorsPage(): Promise<string> {
  const { errors, closeCodes } = describeErrors();
  return page(
    '# Errors',
    notice,
    'Every error has `extensions.code` from this table. The sentence is the one used where there is nothing more precise to say.',
    table(
      ['code', 'HTTP status', 'close code', 'sentence', 'client should'],
      errors.map((entry) => [
        code(entry.code),
        String(entry.httpStatus),
        String(entry.closeCode ?? '–'),
        entry.sentence,
        entry.clientShould,
      ]),
    ),
    'The HTTP response itself has the status of the table only when the whole request was refused; errors of single fields are answered 200.',
    '## Close codes of the socket',
    table(
      ['code', 'reason', 'when', 'stock client', 'client should'],
      closeCodes.map((entry) => [String(entry.code), entry.reason, entry.when, entry.stockClient, entry.clientShould]),
    ),
  );
}

/** src/client/generated/errors.ts: the part of the catalogue that clients go by. */
export function clientErrors(): string {
  const { errors, closeCodes } = describeErrors();
  // After a fault of the server it is worth trying again.
  const final = closeCodes.filter(({ stockClient, code }) => stockClient === 'stops' && code !== 4500);
  return `/** ${notice.replace(/^<!-- | -->$/g, '')} */

/** \`extensions.code\` of every error a caller may see. */
export type ErrorCode =
${errors.map(({ code, clientShould }) => `  /** ${clientShould} */\n  | '${code}'`).join('\n')};

/** Close codes after which coming back by itself does not help. */
export const finalCloseCodes: ReadonlySet<number> = new Set([${final.map(({ code }) => code).join(', ')}]);
`;
}

/** docs/metrics.md */
export async function metricsPage(): Promise<string> {
  const rows = describeMetrics().map(({ name, kind, label, help }) => [
    code(label === undefined ? name : `${name}{${label}}`),
    kind,
    help,
  ]);
  return page(
    '# Metrics',
    notice,
    'What `/metrics` shows of this server, beside `process_*` and `nodejs_*` (memory, CPU, open files, `nodejs_eventloop_lag_*`). Times are in milliseconds. [operations.md](operations.md) says who may read it and what to watch.',
    table(['metric', 'kind', 'meaning'], rows),
  );
}

/** docs/configuration.md */
export async function configurationPage(): Promise<string> {
  const rows = describeConfig().map((row) => [
    [row.name, ...row.aliases].map(code).join(' '),
    row.expected,
    defaults(row.defaults),
    `${row.description}${row.secret ? ' Secret.' : ''}`,
  ]);
  return page(
    '# Configuration',
    notice,
    'Everything is an environment variable, read once at start; all mistakes are reported together. `npm run config` shows the values in effect. An empty variable counts as absent.',
    table(['variable', 'expected', 'default', 'meaning'], rows),
  );
}

function defaults({ development, production }: { development: string; production: string }): string {
  const shown = (value: string) => (value === '' ? '–' : code(value));
  return development === production ? shown(development) : `${shown(development)}, in production ${shown(production)}`;
}

/** docs/offers.md */
export async function offersPage(): Promise<string> {
  const rows = offerStatuses.map((status) => [
    code(status),
    ...offerMoves.map((move) => {
      const transition = transitions[status][move];
      return transition ? `${transition.by} → ${code(transition.to)}, ${code(transition.event)}` : '–';
    }),
  ]);
  return page(
    '# Offers',
    notice,
    'What can become of an offer: the table of `src/domains/offers/states.ts`, which the commands obey. In each cell: who makes the move, what the offer is then, and the event that is appended to the conversation.',
    table(['status', ...offerMoves.map(code)], rows),
    'Whoever made the offer named the first amount and is its *proposer*; the other party is the *addressee*, who alone may accept. With a counter the two change places. `EXPIRE` is the clock’s, at `expiresAt`; from that moment on nobody can accept, also before the event is there.',
    'A move that the offer cannot take any more answers `CONFLICT`, one that is for the other side or for neither `FORBIDDEN`; both name what may be done instead, and so does `allowedMoves`. Of moves at once exactly one wins. `expectedVersion` keeps somebody from accepting an amount they have not seen.',
    'Somebody who left the conversation cannot reach its offers any more, and whoever is deactivated nothing at all. The party that stays can only end an offer then, by declining or withdrawing it: nobody is bound by what they do not hear of. ACCEPT and COUNTER answer `CONFLICT`, until the other party is there again.',
    'The amount is whole units of the smallest coin and a code of ISO 4217 (`{ minorUnits: 1250, currency: "USD" }` is 12.50 dollars), as payment services send it: exact, and without a rule for rounding. It is for the two parties: everybody else in the conversation gets null and `FORBIDDEN` at its path. No event and no notification quotes it.',
  );
}

/** docs/events.md */
export async function eventsPage(): Promise<string> {
  const { events } = await import('../../src/domains/catalogue.ts');
  const kinds = [...events.values()];
  const sections = kinds.map((event) => {
    const facts = [
      `Topic: ${[event.topicKind].flat().map(code).join(', ')}`,
      event.wireName ? `elsewhere called ${wireNamesOf(event).map(code).join(', ')}` : '',
      event.interfaces?.length ? `implements ${event.interfaces.map(code).join(', ')}` : '',
      event.access ? 'changes access' : '',
      event.notify?.reasons.length ? `notifies: ${event.notify.reasons.map(code).join(', ')}` : '',
      event.notify?.followers ? 'tells who follows everything there' : '',
      event.internal ? 'internal, in no stream' : '',
      event.stream ? `only in ${code(event.stream)}` : '',
    ];
    const fields = Object.entries(event.fields).map(([name, field]) => [
      code(name),
      code(typeOf(field)),
      field.description,
    ]);
    return [
      `## ${event.kind}`,
      event.description,
      `${facts.filter(Boolean).join(' · ')}.`,
      ...(fields.length ? [table(['field', 'type', 'meaning'], fields)] : []),
    ].join('\n\n');
  });
  return page(
    '# Events',
    notice,
    'Every fact that can be in a log, in the order of the domains. All of them have the fields of the interface `Event` too.',
    ...sections,
  );
}

function typeOf(field: EventField): string {
  const type = field.list ? `[${field.type}!]` : field.type;
  return field.nullable ? type : `${type}!`;
}
