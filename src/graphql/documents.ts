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

/** What became of a document: ready to execute, or refused. */
export type PreparedDocument =
  | { readonly document: DocumentNode; readonly errors?: undefined }
  /** For `formatResult`, which gives them code, time and correlation id; all of them become VALIDATION_ERROR. */
  | { readonly document?: undefined; readonly errors: readonly GraphQLError[] };

/** Parses and validates documents, each text once, the same for every transport. */
export interface Documents {
  readonly schema: GraphQLSchema;
  /** Whether errors may suggest names of the schema; false where it may not be introspected. For `ExecutionArgs`. */
  readonly hideSuggestions: boolean;
  /** Never throws. */
  get(text: string): PreparedDocument;
}

type Limits = Pick<
  Config,
  'maxDepth' | 'maxAliases' | 'maxDirectives' | 'maxTokens' | 'maxCost' | 'documentCacheSize' | 'introspection'
>;

// A longer text is prepared anew each time, or a few clients could fill the memory with comments: what is kept of
// a document includes its text. Generated documents of real clients have up to about 4,000 characters.
const longestKeptChars = 16_384;
// Refused documents are kept apart and fewer, so that they cannot push out those in use.
const refusedKept = 100;
// Enough to correct a document by; each further one would cost more than it tells.
const maxErrors = 10;

/** The documents of a schema, under the limits of the configuration. */
export function createDocuments(schema: GraphQLSchema, config: Limits): Documents {
  const rules = rulesFor(config);
  const hideSuggestions = !config.introspection;
  const accepted = recentlyUsed<PreparedDocument>(config.documentCacheSize);
  const refused = recentlyUsed<PreparedDocument>(refusedKept);

  function prepare(text: string): PreparedDocument {
    try {
      const document = parse(text, { maxTokens: config.maxTokens });
      const errors = validate(schema, document, rules, { maxErrors, hideSuggestions });
      return errors.length > 0 ? { errors } : { document };
    } catch (error) {
      if (error instanceof GraphQLError) return { errors: [error] };
      // Nested deeper than the stack reaches.
      if (error instanceof RangeError) return { errors: [new GraphQLError('The document nests too deep.')] };
      throw error;
    }
  }

  return {
    schema,
    hideSuggestions,
    get(text) {
      const known = accepted.get(text) ?? refused.get(text);
      if (known) return known;
      const prepared = prepare(text);
      if (text.length <= longestKeptChars) (prepared.document ? accepted : refused).set(text, prepared);
      return prepared;
    },
  };
}

function rulesFor(config: Limits): ValidationRule[] {
  const reporting = {
    // graphql-armor throws by default, and would hide what else is wrong with a document.
    propagateOnRejection: false,
    onReject: [
      (context: ValidationContext | null, { message }: GraphQLError) =>
        context?.reportError(new GraphQLError(message.replace(/^Syntax Error: /, ''))),
    ],
  };
  return [
    ...specifiedRules,
    ...(config.introspection ? [] : [NoSchemaIntrospectionCustomRule]),
    // `__schema` is not counted: graphql's own MaxIntrospectionDepthRule bounds it, and GraphiQL needs it whole.
    maxDepthRule({ n: config.maxDepth, ...reporting }),
    maxAliasesRule({ n: config.maxAliases, ...reporting }),
    maxDirectivesRule({ n: config.maxDirectives, ...reporting }),
    costLimitRule({ maxCost: config.maxCost, ...reporting }),
  ];
}

/** A map that forgets what was not asked for longest. */
function recentlyUsed<Value>(limit: number): {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
} {
  const entries = new Map<string, Value>();
  return {
    get(key) {
      const value = entries.get(key);
      if (value !== undefined) {
        entries.delete(key);
        entries.set(key, value);
      }
      return value;
    },
    set(key, value) {
      entries.set(key, value);
      if (entries.size <= limit) return;
      const [oldest] = entries.keys();
      if (oldest !== undefined) entries.delete(oldest);
    },
  };
}
