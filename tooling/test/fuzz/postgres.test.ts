import {
  PostgresDocumentStore,
  PostgresKeyValueStore,
  PostgresVectorStore,
  type PostgresClient,
} from '@mortise/postgres';
import { call, fuzz } from './fuzz.ts';
import { documentTargets, keyValueTargets, vectorTargets } from './stores-parts.ts';

/** A pool without a server, whose tables are there and empty: what it answers may be spoilt. */
function pool(about: string): PostgresClient {
  const query = async (text: string) => {
    if (text.includes('pg_indexes')) return { rows: [{ count: 1 }] };
    if (text.includes('pg_try_advisory_lock')) return { rows: [{ locked: true }] };
    return { rows: text.startsWith('SELECT version') ? [{ version: 1, about }] : [] };
  };
  return { query, totalCount: 0, connect: async () => ({ query, release: () => undefined }) };
}

const place = (about: string) => ({ client: pool(about), schema: 'mortise', prefix: 'p_' });
const vectors = () => ({
  ...place('2 dimensions, words in english'),
  dimensions: 2,
  index: 'exact' as const,
  half: false,
  language: 'english',
  indexedKeys: ['year'],
});

/** One row for every question. */
const answering = (row: Record<string, unknown>): PostgresClient => ({
  query: async (text) => ({
    rows: text.startsWith('SELECT version') ? [{ version: 1, about: row['about'] }] : [row],
  }),
});

fuzz('integrations/postgres', [
  ...keyValueTargets(
    'PostgresKeyValueStore',
    () => place('entries'),
    (given) => new PostgresKeyValueStore(given),
  ),
  ...documentTargets(
    'PostgresDocumentStore',
    () => place('documents'),
    (given) => new PostgresDocumentStore(given),
  ),
  ...vectorTargets('PostgresVectorStore', vectors, (given) => new PostgresVectorStore(given)),
  call(
    'PostgresKeyValueStore, its rows',
    () => [{ about: 'entries', key: 'a', value: Uint8Array.of(49), json: true }] as [Record<string, unknown>],
    async (row) => {
      await new PostgresKeyValueStore({ client: answering(row) }).get('a');
    },
  ),
  call(
    'PostgresDocumentStore, its rows',
    () =>
      [
        {
          about: 'documents',
          id: 'a',
          node: '{"type":"text","id":"a","text":"x","metadata":{}}',
          embedding: null,
          record: '{"sourceId":"a","hash":"","nodeIds":[]}',
        },
      ] as [Record<string, unknown>],
    async (row) => {
      const store = new PostgresDocumentStore({ client: answering(row) });
      await store.get('a');
      await store.getSource('a');
    },
  ),
  call(
    'PostgresVectorStore, its rows',
    () =>
      [
        {
          about: '2 dimensions, words in english',
          node: '{"type":"text","id":"a","text":"x","metadata":{}}',
          score: 0.5,
          similarity: 0.5,
          near: 1,
          embedding: '[1,0]',
        },
      ] as [Record<string, unknown>],
    async (row) => {
      const store = new PostgresVectorStore({ client: answering(row), dimensions: 2 });
      for (const mode of store.support.modes)
        await store.query({ mode, embedding: Float32Array.of(1, 0), text: 'x', topK: 1 });
    },
  ),
]);
