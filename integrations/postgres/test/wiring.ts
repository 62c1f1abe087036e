import {
  documentStoreConformance,
  keyValueConformance,
  vectorStoreConformance,
  type ConformanceResults,
  type TestFunctions,
} from '@mortise/conformance';
import { FILTER_OPERATORS } from '@mortise/core/store';
import {
  PostgresDocumentStore,
  PostgresKeyValueStore,
  PostgresVectorStore,
  type PostgresClient,
} from '@mortise/postgres';
import type * as InProcess from './pglite.ts';

/** PGlite is loaded by the first case alone: who asks what is declared does not wait for it. */
const inProcess = (): Promise<typeof InProcess> => import('./pglite.ts');

export function wire(functions: TestFunctions): ConformanceResults[] {
  return [
    keyValueConformance(functions, {
      name: 'postgres',
      declares: ['persistence', 'iterate', 'failure', 'compare-and-set', 'lock'],
      async open() {
        const place = await (await inProcess()).emptySchema();
        const open = () => new PostgresKeyValueStore(place);
        return { store: open(), reopen: open };
      },
      async broken() {
        return { store: new PostgresKeyValueStore({ client: (await inProcess()).broken }) };
      },
    }),
    documentStoreConformance(functions, {
      name: 'postgres',
      declares: ['persistence', 'failure'],
      reasons: {
        lock: 'It was run on PGlite, which has one session; on a pool it has a lock, which is tested on a server.',
      },
      async open() {
        const place = await (await inProcess()).emptySchema();
        const open = () => new PostgresDocumentStore(place);
        return { store: open(), reopen: open };
      },
      async broken() {
        return { store: new PostgresDocumentStore({ client: (await inProcess()).broken }) };
      },
    }),
    ...(['exact', 'hnsw'] as const).map((index) =>
      vectorSuite(functions, `postgres, ${index}`, index, async () => (await inProcess()).emptySchema()),
    ),
  ];
}

/** `connect` gives a schema that nothing is in. */
export function vectorSuite(
  functions: TestFunctions,
  name: string,
  index: 'exact' | 'hnsw',
  connect: () => Promise<{ client: PostgresClient; schema: string }>,
): ConformanceResults {
  return vectorStoreConformance(functions, {
    name,
    declares: [
      ...(['dense', 'mmr', 'text', 'hybrid', 'persistence', 'filters'] as const),
      ...(index === 'exact' ? (['exact'] as const) : []),
      ...FILTER_OPERATORS.map((op) => `filter:${op}` as const),
    ],
    reasons: {
      sparse: 'Words are searched by the full-text search of Postgres, without weights of the caller.',
      exact: 'A graph finds most of the nearest, not all.',
    },
    async open() {
      const place = await connect();
      const open = () => new PostgresVectorStore({ ...place, dimensions: 8, index });
      return { store: open(), reopen: open };
    },
  });
}
