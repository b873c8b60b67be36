// Who may import whom: docs/architecture.md says why. Tests may import anything, and so may src/app.ts and src/main.ts.
import swcVisitor from '@swc/core/Visitor.js';

// dependency-cruiser walks the syntax with swc's visitor, which refuses `using` (@swc/core 1.16): taught here, in one
// place, because every test and much of the server has it. What it does not know it still refuses loudly.
const { visitStatement } = swcVisitor.Visitor.prototype;
swcVisitor.Visitor.prototype.visitStatement = function (statement) {
  if (statement.type !== 'UsingDeclaration') return visitStatement.call(this, statement);
  this.visitVariableDeclarators(statement.decls);
  return statement;
};

// What domains are written with.
const graphqlBase = '^src/graphql/(builder|context|errors|mutation|namedRows|node|permissions|stream)\\.ts$';
const notTests = '\\.test\\.ts$';
const prismaClient = '^src/generated/|^node_modules/@prisma/(client|adapter-pg)/';

/** Files under `from` may import, of this repository, only what matches one of `to`. */
function only(name, from, to, comment) {
  return {
    name,
    comment,
    severity: 'error',
    from: { path: from, pathNot: notTests },
    to: { path: '^(src|test|scripts|bench)/', pathNot: to },
  };
}

export default {
  forbidden: [
    only('platform', '^src/platform/', ['^src/platform/', '^src/generated/'], 'platform knows nothing of ours'),
    only('events', '^src/events/', ['^src/(platform|events|generated)/'], 'events know the platform only'),
    only(
      'graphql-base',
      graphqlBase,
      ['^src/(platform|events|generated)/', graphqlBase],
      'what domains are written with knows no domain',
    ),
    only(
      'graphql',
      '^src/graphql/',
      ['^src/(platform|events|graphql|generated)/', '^src/domains/catalogue\\.ts$'],
      'the schema knows domains through their catalogue only',
    ),
    only(
      'domains',
      '^src/domains/([^/]+)/',
      [
        '^src/(platform|events|generated)/',
        graphqlBase,
        '^src/domains/$1/',
        '^src/domains/[^/]+/(access|events)\\.ts$',
        '^src/domains/membership/commands\\.ts$',
      ],
      "of another domain only its access, its events and membership's commands; types refer to each other by name",
    ),
    only(
      'catalogue',
      '^src/domains/[^/]+\\.ts$',
      ['^src/(platform|events|domains)/', graphqlBase],
      'the catalogue lists the domains',
    ),
    only(
      'live',
      '^src/live/',
      [
        '^src/(platform|events|live)/',
        '^src/graphql/(context|documents|errors|eventTypes|namedRows|permissions|stream)\\.ts$',
      ],
      'what it needs of domains, access and presence, is handed in by app.ts',
    ),
    only('client', '^src/client/', ['^src/client/'], 'the client is packed without the server'),
    only('console', '^src/console/', ['^src/(client|console)/'], 'the console is a client'),
    {
      name: 'prisma-client',
      comment: 'the Prisma client only in database.ts, transactions.ts, events/, domains/; the builder reads its types',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [
          '^src/platform/(database|transactions)\\.ts$',
          '^src/(events|domains|generated)/',
          '^src/graphql/builder\\.ts$',
          notTests,
        ],
      },
      to: { path: prismaClient },
    },
    {
      name: 'no-cycles',
      comment: 'what imports itself in a circle cannot be understood, tested or loaded by parts',
      severity: 'error',
      from: { pathNot: '^src/generated/' },
      to: { circular: true, viaOnly: { pathNot: '^src/generated/' } },
    },
    {
      name: 'no-development-packages',
      comment: 'a production install has none of them; what the client package is built for, its users install',
      severity: 'error',
      from: { path: '^src/', pathNot: [notTests, '^src/client/(apollo/|urql/|hooks\\.ts$)'] },
      // Types are gone before the program runs.
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'resolvable',
      comment: 'the imported file or package does not exist',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // TypeScript 7 has no JavaScript API, so dependency-cruiser cannot use it; without swc it would check no .ts file at all.
    parser: 'swc',
    doNotFollow: { path: ['node_modules', '^src/generated/'] },

    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      mainFields: ['main', 'types', 'typings'],
    },
  },
};
