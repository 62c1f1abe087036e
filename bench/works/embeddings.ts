import { createHash } from 'node:crypto';
import { MemoryKeyValueStore } from '@mortise/core/store';
import { OpenAIEmbedding } from '@mortise/openai';
import { withEmbeddingCache } from '@mortise/toolkit';
import { race } from '../run/contenders.ts';
import type { Contender, Work } from '../run/work.ts';

const TEXTS = Array.from({ length: 20_000 }, (_, n) => `text-${n}`);
/** What a request of OpenAI's may hold. */
const BATCH = 2048;
const IN_FLIGHT = 5;
const model = 'bench';

type Rows = readonly ArrayLike<number>[];

function digest(rows: Rows): string {
  const hash = createHash('sha256');
  for (const row of rows) hash.update(row instanceof Float32Array ? row : Float32Array.from(row));
  return hash.digest('hex');
}

/** Runs `embed` on all batches, `IN_FLIGHT` at once, and puts the rows in their places. */
async function inBatches(embed: (batch: string[]) => Promise<Rows>): Promise<Rows> {
  const rows = new Array<ArrayLike<number>>(TEXTS.length);
  let next = 0;
  async function worker(): Promise<void> {
    for (let from = next; from < TEXTS.length; from = next) {
      next = from + BATCH;
      for (const [at, row] of (await embed(TEXTS.slice(from, next))).entries()) rows[from + at] = row;
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return rows;
}

const asked: Record<string, Contender> = {
  async 'openai SDK'(baseURL) {
    const { OpenAI } = await import('openai');
    const client = new OpenAI({ apiKey: 'bench', baseURL, maxRetries: 0 });
    const embed = async (input: string[]): Promise<Rows> =>
      (await client.embeddings.create({ model, input })).data.map(({ embedding }) => embedding);
    await embed(['text-0']);
    return async () => {
      const rows = await inBatches(embed);
      return () => digest(rows);
    };
  },
  async Mortise(baseURL) {
    const embedding = new OpenAIEmbedding({ model, apiKey: 'bench', baseURL, concurrency: IN_FLIGHT });
    await embedding.embedText('text-0');
    return async () => {
      const rows = (await embedding.embedTexts(TEXTS)).embeddings;
      return () => digest(rows);
    };
  },
  async 'fetch by hand'(baseURL) {
    const headers = { 'content-type': 'application/json', authorization: 'Bearer bench' };
    const embed = async (input: string[]): Promise<Rows> => {
      const body = JSON.stringify({ model, input, encoding_format: 'base64' });
      const response = await fetch(`${baseURL}/embeddings`, { method: 'POST', headers, body });
      const { data } = (await response.json()) as { data: { index: number; embedding: string }[] };
      const rows: Float32Array[] = [];
      for (const { index, embedding } of data) {
        const bytes = Buffer.from(embedding, 'base64');
        rows[index] = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
      }
      return rows;
    };
    await embed(['text-0']);
    return async () => {
      const rows = await inBatches(embed);
      return () => digest(rows);
    };
  },
  async LangChain(baseURL) {
    const { OpenAIEmbeddings } = await import('@langchain/openai');
    const embeddings = new OpenAIEmbeddings({
      model,
      apiKey: 'bench',
      batchSize: BATCH,
      configuration: { baseURL },
    });
    await embeddings.embedQuery('text-0');
    return async () => {
      const rows = await embeddings.embedDocuments(TEXTS);
      return () => digest(rows);
    };
  },
};

const cached: Record<string, Contender> = {
  async 'LangChain, its cache'(baseURL) {
    const { OpenAIEmbeddings } = await import('@langchain/openai');
    const { CacheBackedEmbeddings } = await import('@langchain/classic/embeddings/cache_backed');
    const { InMemoryStore } = await import('@langchain/core/stores');
    const embeddings = CacheBackedEmbeddings.fromBytesStore(
      new OpenAIEmbeddings({ model, apiKey: 'bench', batchSize: BATCH, configuration: { baseURL } }),
      new InMemoryStore<Uint8Array>(),
      { namespace: model },
    );
    await embeddings.embedDocuments(TEXTS);
    return async () => {
      const rows = await embeddings.embedDocuments(TEXTS);
      return () => digest(rows);
    };
  },
  async 'Mortise, its cache'(baseURL) {
    const provider = new OpenAIEmbedding({ model, apiKey: 'bench', baseURL });
    const embedding = withEmbeddingCache(provider, new MemoryKeyValueStore());
    await embedding.embedTexts(TEXTS);
    return async () => {
      const rows = (await embedding.embedTexts(TEXTS)).embeddings;
      return () => digest(rows);
    };
  },
};

export const contenders: Readonly<Record<string, Contender>> = { ...asked, ...cached };

const of = (some: Record<string, Contender>, rounds: number | undefined): ReturnType<Work['measure']> =>
  race(
    { file: import.meta.filename, contenders: some, server: 'embedding-server.ts', rounds: 5, fresh: true },
    rounds,
  );

export const works: readonly Work[] = [
  {
    name: 'embeddings',
    title: 'Embeddings of 20,000 texts',
    about:
      '1,536 dimensions, up to 2,048 texts a request and five requests in flight, from a server that needs 20 ms and answers in base64; each round in a process of its own; the vectors are compared afterwards.',
    limits: [
      { of: 'Mortise', to: 'openai SDK', by: 'ms', atMost: 0.4 },
      { of: 'Mortise', to: 'openai SDK', by: 'peakMB', atMost: 0.4 },
    ],
    measure: (rounds) => of(asked, rounds),
  },
  {
    name: 'embeddings-cached',
    title: 'The same 20,000 texts a second time, from a cache in memory',
    about:
      "Each library's own cache, at its defaults: LangChain's keeps JSON, ours Float32; the vectors are compared afterwards.",
    limits: [{ of: 'Mortise, its cache', to: 'LangChain, its cache', by: 'ms', atMost: 0.1 }],
    measure: (rounds) => of(cached, rounds),
  },
];
