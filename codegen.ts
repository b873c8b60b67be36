import type { CodegenConfig } from '@graphql-codegen/cli';

/** schema.graphql → typed documents in src/client/generated, for the client package, the tests and whoever copies this file. */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: ['src/client/**/*.ts', '!src/client/generated/**', 'test/**/*.graphql.ts', 'test/support/documents.ts'],
  ignoreNoDocuments: true,
  generates: {
    'src/client/generated/': {
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
    },
  },
};

export default config;
