/**
 * How long the event loop stands while 100,000 vectors and nodes are stored, searched, saved and loaded, and while 50,000
 * texts are embedded by a model that answers at once; and how soon an abort is seen. What nobody should notice is below
 * 50 ms. `RUNS` (3) runs of each; the largest stand of all of them is shown.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTextNode, type Document } from '@mortise/core';
import { runInSlices, timeSlices } from '@mortise/core/call';
import { BaseEmbedding, type EmbeddingMetadata, type EmbedReply } from '@mortise/core/embedding';
import { createDocument } from '@mortise/core/retriever';
import {
  MemoryKeyValueStore,
  type KeyValueStore,
  type VectorEntry,
  type VectorStore,
} from '@mortise/core/store';
import { KeyvKeyValueStore } from '@mortise/keyv';
import { BM25Index, BM25Retriever, MemoryDocumentStore, MemoryVectorStore, openIndex } from '@mortise/rag';
import { SqliteVecVectorStore } from '@mortise/sqlite-vec';
import { FileKeyValueStore, SqliteDocumentStore, SqliteKeyValueStore } from '@mortise/stores';
import { UsearchVectorStore } from '@mortise/usearch';
import Keyv from 'keyv';
import { english } from './english.ts';
import { seenAfter, standOf, type Stand } from './stand.ts';

const ROWS = Number(process.env['ROWS'] ?? 100_000);
const RUNS = Number(process.env['RUNS'] ?? 3);
const ONLY = process.env['ONLY'] ?? '';
const DIMENSIONS = 384;
const TEXTS = ROWS / 2;

interface Task {
  readonly name: string;
  /** Not measured, before each run. */
  before?(): Promise<unknown>;
  /** Without a parameter: it takes no signal. */
  run(signal: AbortSignal): Promise<unknown>;
}

const folder = mkdtempSync(join(tmpdir(), 'mortise-stand-'));
let made = 0;
const fresh = (): string => join(folder, String(made++));

let state = 1;
const next = (): number => (state = (state * 48_271) % 2_147_483_647) / 1_073_741_823.5 - 1;
const vector = (): Float32Array => Float32Array.from({ length: DIMENSIONS }, next);
const prose = english(ROWS * 300);
const textOf = (row: number): string => prose.slice(row * 300, row * 300 + 300);
const entries: VectorEntry[] = Array.from({ length: ROWS }, (_, row) => ({
  node: createTextNode({ id: `node-${row}`, text: textOf(row), metadata: { row, even: row % 2 === 0 } }),
  embedding: vector(),
}));
const nodes = entries.map(({ node }) => node);
const query = { mode: 'dense', embedding: vector(), topK: 10 } as const;
const even = { key: 'even', op: '==', value: true } as const;

class AtOnce extends BaseEmbedding {
  readonly metadata: EmbeddingMetadata = { dimensions: DIMENSIONS, maxBatchSize: 96, asymmetric: false };
  constructor() {
    super({ provider: 'bench', model: 'at-once' });
  }
  doEmbed(inputs: readonly string[]): Promise<EmbedReply> {
    return Promise.resolve({ embeddings: inputs.map(() => entries[0]!.embedding) });
  }
}
const model = new AtOnce();
const texts = nodes.slice(0, TEXTS).map(({ text }) => text);
const documents: Document[] = Array.from({ length: TEXTS / 10 }, (_, at) =>
  createDocument({ id: `d${at}`, text: prose.slice(at * 6000, at * 6000 + 6000) }),
);

function ofStore(name: string, make: () => VectorStore | Promise<VectorStore>, most = ROWS): Task[] {
  const some = entries.slice(0, most);
  let store: VectorStore;
  const filled = async (): Promise<void> => {
    store = await make();
    for (let at = 0; at < most; at += 1000) await store.upsert(some.slice(at, at + 1000));
  };
  // An upsert that was aborted has left a part.
  let full: VectorStore | undefined;
  const once = async (): Promise<void> => {
    if (full === undefined) await filled();
    full ??= store;
    store = full;
  };
  return [
    {
      name: `${name}: upsert of ${most}`,
      before: async () => (store = await make()),
      run: (signal) => store.upsert(some, { signal }),
    },
    { name: `${name}: query`, before: once, run: (signal) => store.query(query, { signal }) },
    {
      name: `${name}: query with a filter`,
      before: once,
      run: (signal) => store.query({ ...query, filter: even }, { signal }),
    },
    {
      name: `${name}: mmr`,
      before: once,
      run: (signal) => store.query({ ...query, mode: 'mmr', topK: 100 }, { signal }),
    },
    {
      name: `${name}: delete by a filter`,
      before: filled,
      run: (signal) => store.delete({ filter: even }, { signal }),
    },
  ];
}

function ofKeyValues(name: string, make: () => KeyValueStore, most = TEXTS): Task[] {
  const values = entries.slice(0, most).map(({ node, embedding }) => {
    return [node.id, new Uint8Array(embedding.buffer)] as const;
  });
  const keys = values.map(([key]) => key);
  let store: KeyValueStore;
  return [
    {
      name: `${name}: setMany of ${most}`,
      before: async () => (store = make()),
      run: (signal) => store.setMany(values, { signal }),
    },
    {
      name: `${name}: getMany of ${most}`,
      before: () => store.setMany(values),
      run: (signal) => store.getMany(keys, { signal }),
    },
  ];
}

const ids = nodes.map(({ id }) => id);
const words = nodes.map(({ id, text }) => ({ id, terms: ['water', ...text.toLowerCase().split(/\W+/)] }));
let sqlite: SqliteDocumentStore;
let stored: SqliteVecVectorStore;
const memory = new MemoryVectorStore();
const saved = fresh();
let bm25 = new BM25Index();
let index: Awaited<ReturnType<typeof openIndex>>;
const indexFolder = fresh();
const fill = async (): Promise<void> => {
  if (memory.size === 0) await memory.upsert(entries);
};

const tasks: Task[] = [
  {
    name: 'embedTexts of a model that answers at once',
    run: (signal) => model.embedTexts(texts, { signal }),
  },
  ...ofStore('MemoryVectorStore', () => new MemoryVectorStore()),
  { name: 'MemoryVectorStore: save', before: fill, run: (signal) => memory.save(saved, { signal }) },
  {
    name: 'MemoryVectorStore: load',
    before: async () => {
      await fill();
      await memory.save(saved);
    },
    run: (signal) => MemoryVectorStore.load(saved, { signal }),
  },
  {
    name: 'BM25Index: upsert',
    before: async () => (bm25 = new BM25Index()),
    run: (signal) => runInSlices(bm25.upsertSteps(nodes), timeSlices(signal)),
  },
  {
    name: 'BM25Index: search, a common word',
    run: (signal) => new BM25Retriever({ index: bm25 }).retrieve('the water of a house', { signal }),
  },
  {
    name: 'BM25Index: remove',
    run: () => runInSlices(bm25.removeSteps(nodes.slice(0, ROWS * 0.7).map(({ id }) => id))),
  },
  {
    name: 'openIndex: update',
    run: async (signal) => {
      index = await openIndex({ embedding: model }, { directory: fresh() });
      return index.update(documents, { signal });
    },
  },
  {
    name: 'openIndex: search',
    before: async () => {
      index = await openIndex({ embedding: model }, { directory: indexFolder });
      await index.update(documents);
    },
    run: (signal) => index.retriever().retrieve('the water of a house', { signal }),
  },
  { name: 'openIndex: save', run: () => index.save() },
  {
    name: 'openIndex: load',
    run: (signal) => openIndex({ embedding: model }, { directory: indexFolder, signal }),
  },
  {
    name: 'MemoryDocumentStore: upsert',
    run: (signal) => new MemoryDocumentStore().upsert(nodes, { signal }),
  },
  {
    name: 'SqliteDocumentStore: upsert',
    before: async () => (sqlite = new SqliteDocumentStore({ path: `${fresh()}.db` })),
    run: (signal) => sqlite.upsert(nodes, { signal }),
  },
  { name: 'SqliteDocumentStore: getMany', run: (signal) => sqlite.getMany(ids, { signal }) },
  {
    name: 'openIndex in stores: update',
    before: async () => {
      sqlite = new SqliteDocumentStore({ path: `${fresh()}.db` });
      stored = new SqliteVecVectorStore({ path: `${fresh()}.db` });
      index = await openIndex({ embedding: model, documents: sqlite, vectors: stored });
    },
    run: (signal) => index.update(documents, { signal }),
  },
  {
    name: 'openIndex in stores: search',
    run: (signal) => index.retriever().retrieve('the water of a house', { signal }),
  },
  {
    name: 'SqliteDocumentStore: words of all nodes',
    before: async () => {
      sqlite = new SqliteDocumentStore({ path: `${fresh()}.db` });
      await sqlite.upsert(nodes);
      await sqlite.setSource({ sourceId: 's', hash: 'h', nodeIds: ids });
    },
    run: (signal) => sqlite.terms('bench').set(words, { signal }),
  },
  {
    name: 'SqliteDocumentStore: rank by a word of all nodes',
    before: () => sqlite.terms('bench').set(words),
    run: (signal) => sqlite.terms('bench').rank({ terms: new Map([['water', 1]]), topK: 10 }, { signal }),
  },
  ...ofKeyValues('MemoryKeyValueStore', () => new MemoryKeyValueStore()),
  ...ofKeyValues('FileKeyValueStore', () => new FileKeyValueStore({ directory: fresh() }), TEXTS / 10),
  ...ofKeyValues('SqliteKeyValueStore', () => new SqliteKeyValueStore({ path: `${fresh()}.db` })),
  ...ofKeyValues('KeyvKeyValueStore', () => new KeyvKeyValueStore(new Keyv())),
  ...ofStore('SqliteVecVectorStore', () => new SqliteVecVectorStore({ path: `${fresh()}.db` })),
  ...ofStore('UsearchVectorStore', () => new UsearchVectorStore({ path: fresh() }), ROWS / 10),
];

console.log(`${ROWS} nodes of ${DIMENSIONS} dimensions; milliseconds; the largest of ${RUNS} runs\n`);
console.log('| work | took | longest stand | of it CPU | garbage | abort seen after |');
console.log('|---|---|---|---|---|---|');
for (const { name, before, run } of tasks.filter((task) => task.name.includes(ONLY))) {
  try {
    const stands: Stand[] = [];
    for (let nth = 0; nth < RUNS; nth++) {
      await before?.();
      stands.push(await standOf(() => run(new AbortController().signal)));
    }
    const most = (of: keyof Stand): string => Math.max(...stands.map((stand) => stand[of])).toFixed(0);
    await before?.();
    const took = Math.min(...stands.map((stand) => stand.took));
    const seen = run.length === 0 ? '' : ((await seenAfter(run, took / 3))?.toFixed(0) ?? 'done before');
    console.log(
      `| ${name} | ${took.toFixed(0)} | ${most('longest')} | ${most('cpu')} | ${most('garbage')} | ${seen} |`,
    );
  } catch (error) {
    console.log(`| ${name} | ${(error as Error).message.slice(0, 60)} |`);
  }
}
rmSync(folder, { recursive: true });
