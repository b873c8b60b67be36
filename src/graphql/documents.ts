import { costLimitRule } from '@escape.tech/graphql-armor-cost-limit';
import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  type ValidationContext,
  type ValidationRule,
  validate,
} from 'graphql';
import type { Config } from '../platform/config.ts';
import { hasVariablePageSizes, withPageSizes } from './pageSizes.ts';

/** What became of a document: ready to execute, or refused. */
export type PreparedDocument =
  | { readonly document: DocumentNode; readonly errors?: undefined; readonly variablePageSizes: boolean }
  /** For `formatResult`, which gives them code, time and correlation id; all of them become VALIDATION_ERROR. */
  | { readonly document?: undefined; readonly errors: readonly GraphQLError[] };

/** Parses and validates documents, each text once, the same for every transport. */
export interface Documents {
  readonly schema: GraphQLSchema;
  /** Whether errors may suggest names of the schema; false where it may not be introspected. For `ExecutionArgs`. */
  readonly hideSuggestions: boolean;
  /** Never throws. The variables only decide what a document costs whose page sizes are variables. */
  get(text: string, variables?: Readonly<Record<string, unknown>> | null): PreparedDocument;
}

type Limits = Pick<
  Config,
  'maxDepth' | 'maxAliases' | 'maxDirectives' | 'maxTokens' | 'maxCost' | 'documentCacheSize' | 'introspection'
>;

// A longer text is prepared anew each time, or a few clients could fill the memory with comments: what is kept of
// a document includes its text. Generated documents of real clients have up to about 4,000 characters.
const longestKeptChars = 16_384;
// A token costs about 0.4 KB (graphql 17.1, 2026-11-20), and strangers may send 2,000 of them: a document takes a place
// for each 200, so that a full cache of 1,000 places has 80 MB at most, whoever filled it.
const tokensPerPlace = 200;
// Refused documents are kept apart and fewer, so that they cannot push out those in use.
const refusedKept = 100;
// Enough to correct a document by; each further one would cost more than it tells.
const maxErrors = 10;

/** The documents of a schema, under the limits of the configuration. */
export function createDocuments(schema: GraphQLSchema, config: Limits): Documents {
  const costRules = [costLimitRule({ maxCost: config.maxCost, ...reporting })];
  const rules = [...rulesFor(config), ...costRules];
  const hideSuggestions = !config.introspection;
  const accepted = recentlyUsed<PreparedDocument>(config.documentCacheSize);
  const refused = recentlyUsed<PreparedDocument>(refusedKept);

  function prepare(text: string): PreparedDocument & { places: number } {
    let places = 1;
    try {
      const document = parse(text, { maxTokens: config.maxTokens });
      places = Math.ceil(tokensKept(document) / tokensPerPlace);
      const errors = validate(schema, document, rules, { maxErrors, hideSuggestions });
      if (errors.length > 0) return { errors, places };
      return { document, places, variablePageSizes: hasVariablePageSizes(document) };
    } catch (error) {
      if (error instanceof GraphQLError) return { errors: [error], places };
      // Nested deeper than the stack reaches.
      if (error instanceof RangeError) {
        return { errors: [new GraphQLError('The document nests too deep.')], places };
      }
      throw error;
    }
  }

  function find(text: string): PreparedDocument {
    const known = accepted.get(text) ?? refused.get(text);
    if (known) return known;
    const prepared = prepare(text);
    if (text.length <= longestKeptChars) (prepared.document ? accepted : refused).set(text, prepared, prepared.places);
    return prepared;
  }

  return {
    schema,
    hideSuggestions,
    get(text, variables) {
      const prepared = find(text);
      if (!prepared.document || !prepared.variablePageSizes) return prepared;
      const errors = validate(schema, withPageSizes(prepared.document, variables ?? {}), costRules, { maxErrors });
      return errors.length > 0 ? { errors } : prepared;
    },
  };
}

/** Tokens a document keeps in memory: comments too, which `tokenCount` and `maxTokens` leave out. */
function tokensKept({ loc }: DocumentNode): number {
  let count = 0;
  for (let token = loc?.startToken ?? null; token; token = token.next) count++;
  return count;
}

const reporting = {
  // graphql-armor throws by default, and would hide what else is wrong with a document.
  propagateOnRejection: false,
  onReject: [
    (context: ValidationContext | null, { message }: GraphQLError) =>
      context?.reportError(new GraphQLError(message.replace(/^Syntax Error: /, ''))),
  ],
};

function rulesFor(config: Limits): ValidationRule[] {
  return [
    ...specifiedRules,
    ...(config.introspection ? [] : [NoSchemaIntrospectionCustomRule]),
    // `__schema` is not counted: graphql's own MaxIntrospectionDepthRule bounds it, and GraphiQL needs it whole.
    maxDepthRule({ n: config.maxDepth, ...reporting }),
    maxAliasesRule({ n: config.maxAliases, ...reporting }),
    maxDirectivesRule({ n: config.maxDirectives, ...reporting }),
  ];
}

/** A map with so many places, whose entries take one or several; it forgets what was not asked for longest. */
function recentlyUsed<Value>(places: number) {
  const entries = new Map<string, { value: Value; taken: number }>();
  let free = places;
  return {
    get(key: string): Value | undefined {
      const entry = entries.get(key);
      if (!entry) return undefined;
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    /** Keeps a value under a key that has none yet. */
    set(key: string, value: Value, taken: number): void {
      entries.set(key, { value, taken });
      free -= taken;
      for (const [oldest, entry] of entries) {
        if (free >= 0) break;
        entries.delete(oldest);
        free += entry.taken;
      }
    },
  };
}
