import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, getNamedType, isObjectType } from 'graphql';
import { expect, test } from 'vitest';
import { root } from '../../scripts/tooling/root.ts';
import { belongs, type ListRule, listRules, ownTypes, refetchedBy, verdict } from '../../src/client/lists.ts';

const schema = buildSchema(readFileSync(join(root, 'schema.graphql'), 'utf8'));

function fieldOf(type: string, field: string) {
  const found = schema.getType(type);
  return isObjectType(found) ? found.getFields()[field] : undefined;
}

test.each(listRules)('what $events does to $owner.$list is said in words of the schema', (rule) => {
  const { events, item, owner, ownerField, list, argument } = rule;
  const listed = fieldOf(owner, list);
  const nodes = listed && fieldOf(getNamedType(listed.type).name, 'nodes');
  const rows = nodes && getNamedType(nodes.type).name;
  for (const event of events) {
    const field = fieldOf(event, item);
    expect(field && getNamedType(field.type).name, `${event}.${item}`).toBe(rows);
    const owned = ownerField && fieldOf(event, ownerField);
    if (ownerField) expect(owned && getNamedType(owned.type).name).toBe(owner);
  }
  if (argument) expect(listed?.args.map(({ name }) => name)).toContain(argument);
});

test('lists that are asked for again, and types of which each person has one, are in the schema', () => {
  for (const [event, list] of Object.entries(refetchedBy)) {
    expect(isObjectType(schema.getType(event)), event).toBe(true);
    expect(fieldOf('Query', list), list).toBeDefined();
  }
  for (const type of ownTypes) expect(isObjectType(schema.getType(type)), type).toBe(true);
});

test('a row goes where its list’s arguments let it', () => {
  const rule = (change: ListRule['change']) => listRules.find((one) => one.list === 'tasks' && one.change === change);
  const [add, move, remove] = [rule('add'), rule('move'), rule('remove')];
  if (!add || !move || !remove) throw new Error('no rules of tasks');
  const task: Record<string, unknown> = { status: 'DONE' };
  const fits = (args: Record<string, unknown>) => belongs(add, args, ['p1', 'website'], (name) => task[name]);
  expect(fits({ projectId: 'p2' })).toBe('foreign');
  expect(fits({ projectId: 'website', first: 50, status: null })).toBe('yes');
  expect(fits({ projectId: 'p1', status: 'DONE' })).toBe('filtered');
  expect(fits({ projectId: 'p1', status: 'TODO' })).toBe('no');
  expect(fits({ projectId: 'p1', search: 'x' })).toBe('unknown');
  expect(fits({ projectId: 'p1', search: 'x', status: 'TODO' })).toBe('no');

  expect([verdict(add, 'yes', false), verdict(add, 'yes', true), verdict(add, 'no', false)]).toEqual([
    'insert',
    'leave',
    'leave',
  ]);
  // One that only changed may stand on a page that was never fetched.
  expect([verdict(move, 'yes', false), verdict(move, 'filtered', false), verdict(move, 'no', true)]).toEqual([
    'leave',
    'insert',
    'remove',
  ]);
  expect([verdict(remove, 'yes', true), verdict(remove, 'yes', false)]).toEqual(['remove', 'leave']);
  // Only the server knows, but for a row that is new and there.
  expect([verdict(add, 'unknown', false), verdict(move, 'unknown', true), verdict(move, 'unknown', false)]).toEqual([
    'ask',
    'ask',
    'ask',
  ]);
  expect([verdict(add, 'unknown', true), verdict(remove, 'unknown', true)]).toEqual(['leave', 'remove']);
});
