import SchemaBuilder from '@pothos/core';
import PrismaPlugin from '@pothos/plugin-prisma';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { DateTimeISOResolver, JSONResolver, SafeIntResolver } from 'graphql-scalars';
import type { LoggedEvent } from '../events/log.ts';
import type { ReasonName } from '../events/reasons.ts';
import type { TopicKey } from '../events/topic.ts';
import type PrismaTypes from '../generated/pothos.ts';
import { getDatamodel } from '../generated/pothos.ts';
import { AppError } from '../platform/errors.ts';
import { pageId } from '../platform/validation.ts';
import type { Context } from './context.ts';
import { publishScope, roleMay, type TopicPermission, topicRoleMay, type WorkspacePermission } from './permissions.ts';

/**
 * Fields that lead to an object are taken to depend on the viewer, so that a subscription selecting them is
 * executed for each person, unless they are marked with one of these: the safe way is the default.
 */
/** The object belongs to the same topic, or everybody in the workspace may read it. */
export const inTopic = { extensions: { audience: 'topic' } } as const;
/** For leaf fields whose value depends on who asks (`viewerHasReacted`). */
export const perViewer = { extensions: { audience: 'viewer' } } as const;

/** `query` of a related connection whose rows never leave it: in the order they were made. */
export function byId(args: Parameters<typeof pageId>[0]) {
  pageId(args);
  return { orderBy: { id: 'asc' } } as const;
}

const serviceOnly = 'A service token can publish events and do nothing else.';
const notService = `This takes a service token: one with the scope ${publishScope}.`;

export interface BuilderTypes {
  Context: Context;
  PrismaTypes: PrismaTypes;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
  AuthScopes: {
    /** Any person with a valid token. */
    authenticated: boolean;
    workspace: WorkspacePermission;
    topic: { key: TopicKey; permission: TopicPermission };
    /** Only this person; mark such a field with {@link perViewer}. */
    self: string;
    /** Anybody but a service token; asked for every root field that is not made for one. */
    notService: boolean;
    /** A service token. */
    service: boolean;
  };
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    JSON: { Input: unknown; Output: unknown };
    Cursor: { Input: string; Output: string };
    SafeInt: { Input: number; Output: number };
    // An enum made from the declared events (eventTypes.ts); named here so that domains can use it by name.
    EventType: { Input: string; Output: string };
    // Made by the notifications domain from events/reasons.ts, used by others.
    NotificationReason: { Input: ReasonName; Output: ReasonName };
  };
  // Inputs that several domains take; each is made by one of them.
  Inputs: { TopicRef: { kind: 'USER' | 'PROJECT' | 'CONTENT' | 'CONVERSATION'; id?: string | null } };
  // Made from the declared events (eventTypes.ts); domains refer to them by name.
  Interfaces: {
    Event: LoggedEvent;
    TaskEvent: LoggedEvent;
    ContentEvent: LoggedEvent;
    MessageEvent: LoggedEvent;
    InboxChange: LoggedEvent;
  };
  Objects: { CommentAdded: LoggedEvent; ContentUpdated: LoggedEvent; RatingAdded: LoggedEvent };
}

export const builder = new SchemaBuilder<BuilderTypes>({
  plugins: [ScopeAuthPlugin, PrismaPlugin, RelayPlugin],
  defaultFieldNullability: false,
  prisma: {
    // Resolved per request: two servers in one process (tests) have two databases.
    client: (context) => context.db as never,
    dmmf: getDatamodel(),
    exposeDescriptions: false,
    filterConnectionTotalCount: true,
    maxConnectionSize: 100,
    defaultConnectionSize: 20,
  },
  relay: {
    clientMutationId: 'omit',
    cursorType: 'String',
    nodeQueryOptions: false,
    nodesQueryOptions: false,
    // The field that leads to a connection says whether it stays in the topic; the parts below follow it.
    nodesOnConnection: { ...inTopic, description: 'The items without their places.' },
    edgesFieldOptions: { ...inTopic, description: 'The items with their places in the list.' },
    nodeFieldOptions: { ...inTopic, description: 'The item.' },
    pageInfoFieldOptions: { ...inTopic, description: 'Whether there is more, and where it begins.' },
    cursorFieldOptions: {
      description: 'Place of the item in this list; pass it as `after` or `before`. Not a `Cursor`.',
    },
    pageInfoTypeOptions: { description: 'Whether a list goes on, and from where.' },
    hasNextPageFieldOptions: { description: 'Whether there are items after `endCursor`.' },
    hasPreviousPageFieldOptions: { description: 'Whether there are items before `startCursor`.' },
    startCursorFieldOptions: { description: 'Place of the first item; null for an empty page.' },
    endCursorFieldOptions: { description: 'Place of the last item; null for an empty page.' },
    firstArgOptions: {
      description: 'At most so many items from the beginning, or after `after`; 20 when absent, 100 at most.',
    },
    lastArgOptions: { description: 'At most so many items from the end, or before `before`.' },
    afterArgOptions: { description: 'Only items after this place.' },
    beforeArgOptions: { description: 'Only items before this place.' },
    mutationInputArgOptions: { description: 'What is to be done.' },
  },
  scopeAuth: {
    // Asked when a subscription starts; revocation afterwards is the log's and the hub's business.
    authorizeOnSubscribe: true,
    unauthorizedError: () => new AppError('FORBIDDEN', 'You may not see this.'),
    authScopes: (context) => ({
      authenticated: () => context.viewer !== undefined,
      workspace: (permission) => roleMay(context.workspaceRole, permission),
      topic: async ({ key, permission }) => topicRoleMay(await context.roleIn(key), permission),
      self: (userId) => context.viewer.userId === userId,
      notService: () => {
        if (context.viewer.serviceToken) throw new AppError('FORBIDDEN', serviceOnly);
        return true;
      },
      service: () => {
        if (!context.viewer.serviceToken) throw new AppError('FORBIDDEN', notService);
        return true;
      },
    }),
  },
});

builder.addScalarType('DateTime', DateTimeISOResolver, {
  description: 'A moment in ISO 8601 with offset, answered in UTC with milliseconds.',
});
builder.addScalarType('SafeInt', SafeIntResolver, {
  description: 'A whole number that JSON carries exactly: up to 9,007,199,254,740,991 either way.',
});
builder.addScalarType('JSON', JSONResolver, { description: 'Any JSON value.' });
builder.scalarType('Cursor', {
  description: 'A place in the log of one topic. Opaque: pass it back exactly as it was given.',
  serialize: String,
  parseValue: (value) => {
    if (typeof value === 'string') return value;
    throw new AppError('VALIDATION_ERROR', 'A cursor is a string.');
  },
});

// On the root types, so that a field added to them is out of reach of service tokens until it says otherwise.
const people = { authScopes: { notService: true } } as const;
builder.queryType({ ...people, description: 'What can be read.' });
builder.mutationType({ ...people, description: 'What can be done. Every mutation takes one `input`.' });
builder.subscriptionType({
  ...people,
  description: 'What can be followed. Every durable stream resumes with `after`.',
});
