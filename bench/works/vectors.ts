import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vectorToBytes } from '@mortise/core/embedding';
import type { VectorEntry, VectorStore } from '@mortise/core/store';
import { MemoryVectorStore } from '@mortise/rag';
import { SqliteVecVectorStore } from '@mortise/sqlite-vec';
import { UsearchVectorStore } from '@mortise/usearch';
import { cloud, DIMENSIONS, entriesOf, QUERIES, queriesOf, rowOf, ROWS, TOP } from '../cloud.ts';
import { median } from '../measure.ts';
import { race } from '../run/contenders.ts';
import type { Contender, Run, Work } from '../run/work.ts';

/** Of one upsert. */
const BATCH = 1_000;

type Search = (query: Float32Array) => Promise<readonly string[]>;

const searching =
  (queries: readonly Float32Array[], search: Search): Run =>
  async () => {
    const all: string[] = [];
    for (const query of queries) all.push((await search(query)).join());
    return all.join(' ');
  };

async function filled(store: VectorStore, entries: readonly VectorEntry[]): Promise<void> {
  for (let at = 0; at < ROWS; at += BATCH) await store.upsert(entries.slice(at, at + BATCH));
}

/** A store of ours with all rows, asked. */
const ours =
  (open: () => VectorStore): Contender =>
  async () => {
    const matrix = cloud(ROWS, 11);
    const store = open();
    await filled(store, entriesOf(matrix));
    return searching(queriesOf(matrix), async (embedding) =>
      (await store.query({ embedding, topK: TOP })).map(({ node }) => node.id),
    );
  };

/** What a loop costs that does nothing else: eight sums, no nodes, no copies. */
function plainLoop(matrix: Float32Array, query: Float32Array): string[] {
  const best: { row: number; score: number }[] = [];
  for (let row = 0, at = 0; row < ROWS; row++) {
    let [a, b, c, d] = [0, 0, 0, 0];
    let [e, f, g, h] = [0, 0, 0, 0];
    for (let i = 0; i < DIMENSIONS; i += 8, at += 8) {
      a += query[i]! * matrix[at]!;
      b += query[i + 1]! * matrix[at + 1]!;
      c += query[i + 2]! * matrix[at + 2]!;
      d += query[i + 3]! * matrix[at + 3]!;
      e += query[i + 4]! * matrix[at + 4]!;
      f += query[i + 5]! * matrix[at + 5]!;
      g += query[i + 6]! * matrix[at + 6]!;
      h += query[i + 7]! * matrix[at + 7]!;
    }
    const score = a + b + c + d + e + f + g + h;
    if (best.length === TOP && score <= best[TOP - 1]!.score) continue;
    best.push({ row, score });
    best.sort((x, y) => y.score - x.score);
    best.length = Math.min(best.length, TOP);
  }
  return best.map(({ row }) => `${row}`);
}

/** A folder that is gone when the process is. */
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'mortise-bench-'));
  const remove = (): void => rmSync(path, { recursive: true, force: true });
  process.once('exit', remove);
  process.once('SIGTERM', () => process.exit());
  return path;
}

const memory: Record<string, Contender> = {
  'a plain loop, 8 sums'() {
    const matrix = cloud(ROWS, 11);
    return searching(queriesOf(matrix), (query) => Promise.resolve(plainLoop(matrix, query)));
  },
  'Mortise, MemoryVectorStore': ours(() => new MemoryVectorStore()),
  async 'LangChain, MemoryVectorStore'() {
    const { MemoryVectorStore: Store } = await import('@langchain/classic/vectorstores/memory');
    const { Document } = await import('@langchain/core/documents');
    const { FakeEmbeddings } = await import('@langchain/core/utils/testing');
    const matrix = cloud(ROWS, 11);
    const store = new Store(new FakeEmbeddings());
    await store.addVectors(
      Array.from({ length: ROWS }, (_, row) => Array.from(rowOf(matrix, row))),
      Array.from({ length: ROWS }, (_, row) => new Document({ pageContent: '', id: `${row}` })),
    );
    return searching(queriesOf(matrix), async (query) =>
      (await store.similaritySearchVectorWithScore(Array.from(query), TOP)).map(([{ id }]) => id ?? ''),
    );
  },
};

const native: Record<string, Contender> = {
  async usearch() {
    const { exactSearch, MetricKind } = await import('usearch');
    const matrix = cloud(ROWS, 11);
    return searching(queriesOf(matrix), (query) => {
      const { keys } = exactSearch(matrix, query, DIMENSIONS, TOP, MetricKind.Cos, 1) as {
        keys: BigUint64Array;
      };
      return Promise.resolve(Array.from(keys, String));
    });
  },
  'Mortise, @mortise/usearch': ours(() => new UsearchVectorStore({ search: 'exact' })),
};

/** sqlite-vec alone: `create` makes a table, `insert` takes a row and its bytes, `select` bytes. */
const bareSqlite =
  (create: string, insert: string, select: string): Contender =>
  async () => {
    const { getLoadablePath } = await import('sqlite-vec');
    const matrix = cloud(ROWS, 11);
    const database = new DatabaseSync(join(folder(), 'bare.sqlite'), { allowExtension: true });
    database.loadExtension(getLoadablePath());
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; ${create}; BEGIN`);
    const into = database.prepare(insert);
    for (let row = 0; row < ROWS; row++) into.run(BigInt(row), vectorToBytes(rowOf(matrix, row)));
    database.exec('COMMIT');
    const statement = database.prepare(select);
    return searching(queriesOf(matrix), (query) =>
      Promise.resolve(statement.all(vectorToBytes(query)).map(({ row }) => String(row))),
    );
  };

const files: Record<string, Contender> = {
  'sqlite-vec, its own table': bareSqlite(
    `CREATE VIRTUAL TABLE own USING vec0(embedding float[${DIMENSIONS}] distance_metric=cosine)`,
    'INSERT INTO own (rowid, embedding) VALUES (?, ?)',
    `SELECT rowid AS row FROM own WHERE embedding MATCH ? AND k = ${TOP}`,
  ),
  'sqlite-vec, a plain table': bareSqlite(
    'CREATE TABLE plain (row INTEGER PRIMARY KEY, embedding BLOB NOT NULL)',
    'INSERT INTO plain (row, embedding) VALUES (?, ?)',
    `SELECT row FROM plain ORDER BY vec_distance_cosine(embedding, ?) LIMIT ${TOP}`,
  ),
  'Mortise, @mortise/sqlite-vec': ours(
    () => new SqliteVecVectorStore({ path: join(folder(), 'vectors.sqlite') }),
  ),
};

const upserting =
  (open: () => VectorStore): Contender =>
  () => {
    const entries = entriesOf(cloud(ROWS, 11));
    return async () => {
      await filled(open(), entries);
      return `${ROWS} rows`;
    };
  };

const upserts: Record<string, Contender> = {
  'Mortise, MemoryVectorStore, upsert': upserting(() => new MemoryVectorStore()),
  'Mortise, @mortise/usearch, upsert': upserting(() => new UsearchVectorStore({ search: 'exact' })),
  'Mortise, @mortise/sqlite-vec, upsert': upserting(
    () => new SqliteVecVectorStore({ path: join(folder(), 'upserts.sqlite') }),
  ),
};

/** Rows of the graph, to which one takes some 0.5 ms to add. */
const GRAPH_ROWS = 10_000;
const GRAPH_QUERIES = 200;

/** How many of the nearest are found: at least 95 of 100, or it fails. */
const graph =
  (search: 'exact' | 'hnsw'): Contender =>
  async () => {
    const matrix = cloud(2 * GRAPH_ROWS, 11);
    const entries = entriesOf(matrix, GRAPH_ROWS);
    const [store, truth] = [
      new UsearchVectorStore(search === 'exact' ? { search } : {}),
      new UsearchVectorStore({ search: 'exact' }),
    ];
    for (const each of [store, truth]) await each.upsert(entries);
    const queries = Array.from({ length: GRAPH_QUERIES }, (_, at) => rowOf(matrix, GRAPH_ROWS + at));
    const ids = async (of: VectorStore, embedding: Float32Array): Promise<string[]> =>
      (await of.query({ embedding, topK: TOP })).map(({ node }) => node.id);
    const nearest: ReadonlySet<string>[] = [];
    for (const query of queries) nearest.push(new Set(await ids(truth, query)));
    return async () => {
      let found = 0;
      for (const [at, query] of queries.entries())
        for (const id of await ids(store, query)) if (nearest[at]!.has(id)) found++;
      const share = found / (GRAPH_QUERIES * TOP);
      if (share < 0.95) throw new Error(`Of the nearest ${share} are found.`);
      return 'at least 95 of 100 are found';
    };
  };

const graphs: Record<string, Contender> = {
  'Mortise, @mortise/usearch, exact': graph('exact'),
  'Mortise, @mortise/usearch, the graph': graph('hnsw'),
};

export const contenders: Readonly<Record<string, Contender>> = {
  ...memory,
  ...native,
  ...files,
  ...upserts,
  ...graphs,
};

const of = (
  some: Record<string, Contender>,
  usual: number,
  rounds: number | undefined,
  fresh = false,
): ReturnType<Work['measure']> =>
  race(
    // The heap of 100,000 nodes would be swept in the time of the searches.
    { file: import.meta.filename, contenders: some, rounds: usual, fresh, warm: !fresh, collect: false },
    rounds,
  );

const about = `${QUERIES} searches for the ${TOP} nearest of ${ROWS.toLocaleString('en')} vectors of ${DIMENSIONS} dimensions, which are the same, in the same order.`;

export const works: readonly Work[] = [
  {
    name: 'vectors',
    title: 'Exact search of 100,000 vectors in memory',
    about: `${about} The loop has neither nodes nor copies.`,
    limits: [
      { of: 'Mortise, MemoryVectorStore', to: 'a plain loop, 8 sums', by: 'cpuMs', atMost: 0.35 },
      { of: 'Mortise, MemoryVectorStore', to: 'LangChain, MemoryVectorStore', by: 'cpuMs', atMost: 0.5 },
    ],
    measure: (rounds) => of(memory, 15, rounds),
  },
  {
    name: 'vectors-usearch',
    title: 'Exact search of 100,000 vectors by usearch',
    about: `${about} Beside the bare engine.`,
    limits: [{ of: 'Mortise, @mortise/usearch', to: 'usearch', by: 'cpuMs', atMost: 1.1 }],
    measure: (rounds) => of(native, 25, rounds),
  },
  {
    name: 'vectors-sqlite',
    title: 'Exact search of 100,000 vectors in a file of SQLite',
    about: `${about} Beside sqlite-vec's own table, which cannot be filtered by metadata nor hold texts, and beside its function over a plain one.`,
    limits: [
      { of: 'Mortise, @mortise/sqlite-vec', to: 'sqlite-vec, its own table', by: 'cpuMs', atMost: 1.2 },
      { of: 'Mortise, @mortise/sqlite-vec', to: 'sqlite-vec, a plain table', by: 'cpuMs', atMost: 1.2 },
    ],
    measure: (rounds) => of(files, 5, rounds),
  },
  {
    name: 'vectors-graph',
    title: '200 searches of 10,000 vectors along the graph of usearch',
    about: `The ${TOP} nearest, of which at least 95 of 100 are found; an exact search beside it.`,
    measure: (rounds) => of(graphs, 5, rounds),
  },
  {
    name: 'upserts',
    title: '100,000 nodes with their vectors into a store',
    about:
      'In batches of 1,000, in a process of its own each time; checked, copied, and ready to be searched.',
    limits: [{ of: 'Mortise, MemoryVectorStore, upsert', by: 'ms', atMost: 1_000 }],
    measure: (rounds) => of(upserts, 3, rounds, true),
  },
  {
    name: 'vector-memory',
    title: 'What 100,000 vectors weigh in memory',
    about:
      'What V8 counts as heap and as external memory once garbage is collected, for nodes with 384 numbers less the same nodes with one: medians of processes of their own.',
    limits: [{ of: 'Mortise, MemoryVectorStore', to: 'their Float32 numbers', by: 'kB', atMost: 1.15 }],
    measure: (rounds = 3) => {
      const program = new URL('../vector-memory.ts', import.meta.url).pathname;
      const flags = ['--expose-gc', '--disable-warning=ExperimentalWarning'];
      const bytesIn = (dimensions: number): number =>
        Number(execFileSync(process.execPath, [...flags, program, String(dimensions)], { encoding: 'utf8' }));
      const weights = Array.from({ length: rounds }, () => bytesIn(DIMENSIONS) - bytesIn(1));
      return Promise.resolve([
        { name: 'their Float32 numbers', kB: (100_000 * (DIMENSIONS - 1) * 4) / 1024 },
        { name: 'Mortise, MemoryVectorStore', kB: median(weights) / 1024 },
      ]);
    },
  },
];
