// The checks that are our own. Each returns what is wrong, one line per problem; nothing: all is well.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { driftCheck } from './drift.ts';
import { generators, serverSchema, staleFiles } from './generators.ts';
import { root } from './root.ts';

export const checks: Record<string, () => Promise<string[]>> = {
  'generated files are up to date': generatedFiles,
  'every schema element is described': descriptions,
  'migrations make the schema of schema.prisma': driftCheck,
  'one copy of graphql': oneCopyOfGraphql,
  'the lock file names no download addresses': lockWithoutAddresses,
  'the lock file is complete': lockComplete,
};

async function generatedFiles(): Promise<string[]> {
  const stale: string[] = [];
  for (const generate of Object.values(generators)) {
    for (const { path } of await staleFiles(await generate())) stale.push(`${path}: stale, run \`npm run generate\``);
  }
  return stale;
}

async function descriptions(): Promise<string[]> {
  const { getTypeMap, getDirectives } = await serverSchema().then((schema) => ({
    getTypeMap: Object.values(schema.getTypeMap()),
    getDirectives: schema.getDirectives(),
  }));
  const missing: string[] = [];
  const require = (path: string, element: { description?: string | null | undefined }) => {
    if (!element.description?.trim()) missing.push(`${path}: no description`);
  };
  for (const directive of getDirectives) require(`@${directive.name}`, directive);
  for (const type of getTypeMap) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
    require(type.name, type);
    for (const [path, element] of elementsOf(type)) require(path, element);
  }
  return missing;
}

function* elementsOf(type: GraphQLNamedType): Iterable<[path: string, { description?: string | null | undefined }]> {
  if (isEnumType(type)) for (const value of type.getValues()) yield [`${type.name}.${value.name}`, value];
  if (isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) yield [`${type.name}.${field.name}`, field];
  }
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      yield [`${type.name}.${field.name}`, field];
      for (const argument of field.args) yield [`${type.name}.${field.name}(${argument.name})`, argument];
    }
  }
}

interface Lock {
  packages: Record<string, { version?: string; resolved?: string; optionalDependencies?: Record<string, string> }>;
}

async function readLock(): Promise<Lock> {
  return JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
}

/** Two copies refuse each other's schemas at run time, and npm adds the second one silently. */
async function oneCopyOfGraphql(): Promise<string[]> {
  const copies = Object.keys((await readLock()).packages).filter((path) => /(^|\/)node_modules\/graphql$/.test(path));
  return copies.length === 1 ? [] : [`package-lock.json installs graphql at ${copies.join(', ') || 'no place'}`];
}

/** An address in the lock file makes `npm ci` fail wherever that host is not reached. */
async function lockWithoutAddresses(): Promise<string[]> {
  const named = Object.entries((await readLock()).packages).filter(([, entry]) => entry.resolved);
  return named.map(([path]) => `package-lock.json: ${path} has "resolved"`);
}

/**
 * npm leaves optional packages that its registry did not have out of the lock file without a word, and then `npm ci`
 * refuses the lock file everywhere. The cure is a version whose packages for other systems are all published.
 */
async function lockComplete(): Promise<string[]> {
  const { packages } = await readLock();
  const missing: string[] = [];
  for (const [path, { optionalDependencies = {} }] of Object.entries(packages)) {
    for (const name of Object.keys(optionalDependencies)) {
      if (!placesOf(name, path).some((place) => packages[place]?.version)) {
        missing.push(`package-lock.json: ${name}, optional for ${path || 'us'}, is missing; \`npm ci\` will fail`);
      }
    }
  }
  return missing;
}

/** Where Node looks for a package required from `path`, as keys of the lock file, nearest first. */
function placesOf(name: string, path: string): string[] {
  const parents = path.split('/node_modules/');
  const above = parents.map((_, index) => parents.slice(0, parents.length - index).join('/node_modules/'));
  return [...above.filter(Boolean).map((parent) => `${parent}/node_modules/${name}`), `node_modules/${name}`];
}
