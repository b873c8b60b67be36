import type { CodegenConfig } from '@graphql-codegen/cli';

const typedDocuments = {
  preset: 'client',
  // Type checks of a client should say which field is missing, not "fragment reference": no fragment masking.
  presetConfig: { fragmentMasking: false },
  config: {
    // Sent as they are, over HTTP and sockets; a syntax tree would need graphql in every browser.
    documentMode: 'string',
    enumsAsTypes: true,
    useTypeImports: true,
    importExtension: '.ts',
    strictScalars: true,
    scalars: { ID: 'string', DateTime: 'string', Cursor: 'string', JSON: 'unknown', SafeInt: 'number' },
  },
} as const;

/** schema.graphql → typed documents: of the client package and the tests, and of the console; for whoever copies this file. */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  ignoreNoDocuments: true,
  generates: {
    'src/client/generated/': {
      documents: [
        'src/client/**/*.ts',
        '!src/client/generated/**',
        'test/**/*.graphql.ts',
        'test/support/documents.ts',
      ],
      ...typedDocuments,
    },
    'src/console/generated/': { documents: ['src/console/documents/*.ts'], ...typedDocuments },
  },
};

export default config;
