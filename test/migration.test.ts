import { access } from 'node:fs/promises';
import { isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';
import { expect, test } from 'vitest';
import * as newForms from '../scripts/tooling/migration/newForms.ts';
import { sent } from '../scripts/tooling/migration/oldNames.ts';
import { mappedNames } from '../scripts/tooling/migration/page.ts';
import { events } from '../src/domains/catalogue.ts';
import { wireNamesOf } from '../src/events/define.ts';
import { schema } from '../src/graphql/schema.ts';

const { factsToCome, placesToCome, ...forms } = newForms;
const sections = mappedNames(events.values());
const names = Object.values(sections).flat();

test('every name of the five documents has a form here', () => {
  expect(names.filter(({ form }) => !form).map(({ document, name }) => `${document}: ${name}`)).toEqual([]);
  // Six and eleven of the talks, seven and twelve of the chat, and so on: nothing was left out of the list.
  expect(Object.fromEntries(Object.entries(sections).map(([title, list]) => [title, list.length]))).toEqual({
    'What the servers sent': 40,
    'What the clients sent': 18,
    Rooms: 7,
    'Files, classes and methods': 36,
    Redis: 10,
    'Error codes': 7,
    Checklists: 40,
  });
});

test('no event claims a name that no document has, and no two claim the same', () => {
  const claimed = [...events.values()].flatMap(wireNamesOf);
  expect(claimed.filter((name, nth) => claimed.indexOf(name) !== nth)).toEqual([]);
  const listed = new Set(Object.values(sent).flat());
  expect(claimed.filter((name) => !listed.has(name))).toEqual([]);
  expect(claimed.filter((name) => name in forms.sentForms)).toEqual([]);
});

test('every form leads to something that is there', async () => {
  const all = names.flatMap(({ form }) => form ?? []);
  expect(
    [...new Set(all.flatMap(({ schema: places = [] }) => places))].filter(
      (place) => !inSchema(place) && !placesToCome.includes(place),
    ),
  ).toEqual([]);
  const files = [...new Set(all.flatMap((form) => form.files ?? []))];
  const missing = await Promise.all(
    files.map((file) =>
      access(new URL(`../${file}`, import.meta.url)).then(
        () => [],
        () => (placesToCome.includes(file) ? [] : [file]),
      ),
    ),
  );
  expect(missing.flat()).toEqual([]);
});

test('no form is left of a name that is not in the list', () => {
  const listed = new Set(names.map(({ name }) => name));
  expect(
    Object.values({ ...forms, factsToCome }).flatMap((of) => Object.keys(of).filter((name) => !listed.has(name))),
  ).toEqual([]);
});

/** `Type.field`, or `Enum.VALUE`. */
function inSchema(place: string): boolean {
  const [typeName = '', member = ''] = place.split('.');
  const type = schema.getType(typeName);
  if (isEnumType(type)) return type.getValue(member) !== undefined;
  const hasFields = isObjectType(type) || isInterfaceType(type) || isInputObjectType(type);
  return hasFields && member in type.getFields();
}
