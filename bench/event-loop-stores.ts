/**
 * How long the event loop stands while 100,000 vectors and nodes are stored, searched, saved and loaded, and while 50,000
 * texts are embedded by a model that answers at once. What nobody should notice is below 50 ms. `RUNS` (3) runs of each;
 * the largest stand of all of them is shown.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTextNode, type Document } from '@mortise/core';
import { runInSlices } from '@mortise/core/call';
import { BaseEmbedding, type EmbeddingMetadata, type EmbedReply } from '@mortise/core/embedding';
import { createDocument } from '@mortise/core/retriever';
import type { VectorEntry, VectorStore } from '@mortise/core/store';
import { BM25Index, BM25Retriever, MemoryVectorStore, openIndex } from '@mortise/rag';
import { SqliteVecVectorStore } from '@mortise/sqlite-vec';
import { UsearchVectorStore } from '@mortise/usearch';
import { english } from './english.ts';

const ROWS = Number(process.env['ROWS'] ?? 100_000);
const RUNS = Number(process.env['RUNS'] ?? 3);
const ONLY = process.env['ONLY'] ?? '';
const DIMENSIONS = 384;
const TEXTS = ROWS / 2;

interface Task {
  readonly name: string;
  /** Not measured, before each run. */
  before?(): Promise<unknown>;
  run(): Promise<unknown>;
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
  const once = async (): Promise<void> => {
    if (store === undefined || (await store.query(query)).length === 0) await filled();
  };
  return [
    {
      name: `${name}: upsert of ${most}`,
      before: async () => (store = await make()),
      run: () => store.upsert(some),
    },
    { name: `${name}: query`, before: once, run: () => store.query(query) },
    {
      name: `${name}: query with a filter`,
      before: once,
      run: () => store.query({ ...query, filter: even }),
    },
    { name: `${name}: mmr`, before: once, run: () => store.query({ ...query, mode: 'mmr' }) },
    { name: `${name}: delete by a filter`, before: filled, run: () => store.delete({ filter: even }) },
  ];
}

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
    run: () => model.embedTexts(nodes.slice(0, TEXTS).map(({ text }) => text)),
  },
  ...ofStore('MemoryVectorStore', () => new MemoryVectorStore()),
  { name: 'MemoryVectorStore: save', before: fill, run: () => memory.save(saved) },
  {
    name: 'MemoryVectorStore: load',
    before: async () => {
      await fill();
      await memory.save(saved);
    },
    run: () => MemoryVectorStore.load(saved),
  },
  {
    name: 'BM25Index: upsert',
    before: async () => (bm25 = new BM25Index()),
    run: () => runInSlices(bm25.upsertSteps(nodes)),
  },
  {
    name: 'BM25Index: search, a common word',
    run: () => new BM25Retriever({ index: bm25 }).retrieve('the water of a house'),
  },
  {
    name: 'BM25Index: remove',
    run: () => runInSlices(bm25.removeSteps(nodes.slice(0, ROWS * 0.7).map(({ id }) => id))),
  },
  {
    name: 'openIndex: update',
    run: async () => {
      index = await openIndex({ embedding: model }, { directory: indexFolder });
      return index.update(documents);
    },
  },
  { name: 'openIndex: search', run: () => index.retriever().retrieve('the water of a house') },
  { name: 'openIndex: save', run: () => index.save() },
  { name: 'openIndex: load', run: () => openIndex({ embedding: model }, { directory: indexFolder }) },
  ...ofStore('SqliteVecVectorStore', () => new SqliteVecVectorStore({ path: `${fresh()}.db` })),
  ...ofStore('UsearchVectorStore', () => new UsearchVectorStore({ path: fresh() }), ROWS / 10),
];

console.log(`${ROWS} nodes of ${DIMENSIONS} dimensions; milliseconds; the largest of ${RUNS} runs\n`);
console.log('| work | took | longest stand |');
console.log('|---|---|---|');
for (const task of tasks.filter(({ name }) => name.includes(ONLY))) {
  let [took, longest] = [0, 0];
  let failure = '';
  for (let run = 0; run < RUNS && failure === ''; run++) {
    try {
      await task.before?.();
      await turn();
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      // The first interval is not counted, so there has to be one before.
      await turn();
      const start = performance.now();
      await task.run();
      took = Math.max(took, performance.now() - start);
      await turn();
      delay.disable();
      longest = Math.max(longest, delay.max / 1e6);
    } catch (error) {
      failure = (error as Error).message.slice(0, 60);
    }
  }
  console.log(`| ${task.name} | ${took.toFixed(0)} | ${failure || longest.toFixed(0)} |`);
}
rmSync(folder, { recursive: true });

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
