import type { EventKind } from '../../../src/events/define.ts';
import { wireNamesOf } from '../../../src/events/define.ts';
import { code, notice, page, table } from '../markdown.ts';
import {
  askedForms,
  checklistForms,
  errorForms,
  factsToCome,
  fileForms,
  type NewForm,
  placesToCome,
  redisForms,
  roomForms,
  sentForms,
} from './newForms.ts';
import { asked, checklists, type DocumentName, documents, errors, files, redis, rooms, sent } from './oldNames.ts';

/** A name of the documents and what became of it. */
export interface Mapped {
  readonly document: DocumentName;
  readonly name: string;
  /** Undefined: nobody says it. */
  readonly form: NewForm | undefined;
}

/** The list, section by section, with what became of every name. */
export function mappedNames(events: Iterable<EventKind>): Record<string, Mapped[]> {
  const facts = new Map([...events].flatMap((event) => wireNamesOf(event).map((name) => [name, factForm(event)])));
  return {
    'What the servers sent': mapped(sent, (name) => facts.get(name) ?? sentForms[name] ?? formToCome(name)),
    'What the clients sent': mapped(asked, (name) => askedForms[name]),
    Rooms: mapped(rooms, (name) => roomForms[name]),
    'Files, classes and methods': mapped(files, (name) => fileForms[name]),
    Redis: mapped(redis, (name) => redisForms[name]),
    'Error codes': mapped(errors, (name) => errorForms[name]),
    Checklists: mapped(checklists, (name) => checklistForms[name]),
  };
}

function factForm({ kind }: EventKind): NewForm {
  return { is: `the event [${kind}](events.md#${kind.toLowerCase()})`, schema: [`${kind}.cursor`] };
}

function formToCome(name: string): NewForm | undefined {
  const kind = factsToCome[name];
  return kind === undefined ? undefined : { is: `the event ${kind}, to come` };
}

function mapped(names: Partial<Record<DocumentName, readonly string[]>>, form: (name: string) => NewForm | undefined) {
  return (Object.entries(names) as [DocumentName, readonly string[]][]).flatMap(([document, list]) =>
    list.map((name): Mapped => ({ document, name, form: form(name) })),
  );
}

/** docs/migration.md */
export async function migrationPage(): Promise<string> {
  const { events } = await import('../../../src/domains/catalogue.ts');
  const sections = Object.entries(mappedNames(events.values())).map(([title, names]) => {
    const rows = names.map(({ document, name, form }) => [
      name.includes('`') ? name : code(name),
      documents[document],
      form?.is ?? '**nothing yet**',
      seeOf(form),
    ]);
    return `## ${title}\n\n${table(['was', 'in', 'is', 'see'], rows)}`;
  });
  return page(
    '# From the old names to the new',
    notice,
    'Belfry replaces five gateways and guides, each with names of its own. This is every name they used, and what it is here. Verbs became mutations, facts became events, joining a room became subscribing, and what was sent to a room *and* to a person is one event that is read twice: in the stream of its topic and in the inbox.',
    'The facts come from the declarations of events (`wireName`), the rest from `scripts/tooling/migration`. A test fails when a name leads nowhere.',
    ...sections,
  );
}

function seeOf({ schema = [], files = [] }: NewForm = { is: '' }): string {
  const places = schema.filter((place) => !place.endsWith('.cursor')).map(placeOf);
  return [...places, ...files.map((file) => (placesToCome.includes(file) ? placeOf(file) : linkTo(file)))].join(', ');
}

function placeOf(place: string): string {
  return placesToCome.includes(place) ? `${code(place)} (to come)` : code(place);
}

function linkTo(file: string): string {
  return `[${file}](${file.startsWith('docs/') ? file.slice('docs/'.length) : `../${file}`})`;
}
