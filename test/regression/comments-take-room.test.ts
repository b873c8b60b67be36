import { expect, test } from 'vitest';
import { createDocuments } from '../../src/graphql/documents.ts';
import { schema } from '../../src/graphql/schema.ts';
import { loadConfig } from '../../src/platform/config.ts';

// Found on 2026-11-20: 1,000 documents of 7,900 comments each kept 728 MB, sent by anybody. Comments are tokens in
// memory, but not in what graphql counts.
test('a document takes room among the prepared ones by its comments too', () => {
  const documents = createDocuments(schema, loadConfig({ DOCUMENT_CACHE_SIZE: '100' }));
  const first = documents.get('{ ping { event } }');
  expect(documents.get('{ ping { event } }')).toBe(first);

  for (let nth = 0; nth < 5; nth++) documents.get(`${'#\n'.repeat(7_900)}{ a${nth}: ping { event } }`);
  expect(documents.get('{ ping { event } }')).not.toBe(first);
});
