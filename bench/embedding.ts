/**
 * 20,000 texts of 1,536 dimensions with 5 requests in flight, against a server with 20 ms of latency and base64
 * answers: time and peak memory, cache off; then the second pass from a cache in memory. Each contender runs in a
 * process of its own, one after another, round after round; the medians of 5 rounds are shown, and the vectors of all
 * must be the same.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { median, startServer } from './measure.ts';

const TEXTS = 20_000;
const BATCH = 2048;
const IN_FLIGHT = 5;
const ROUNDS = 5;
const model = 'bench';

type Rows = readonly ArrayLike<number>[];
interface Timed {
  /** Of the pass that is measured. */
  readonly ms: number;
  readonly rows: Rows;
}

const texts = Array.from({ length: TEXTS }, (_, n) => `text-${n}`);

/** Runs `embed` on all batches, 5 at once, and puts the rows in their places. */
async function inBatches(embed: (batch: string[]) => Promise<Rows>): Promise<Rows> {
  const rows = new Array<ArrayLike<number>>(TEXTS);
  let next = 0;
  async function worker(): Promise<void> {
    for (let from = next; from < TEXTS; from = next) {
      next = from + BATCH;
      for (const [at, row] of (await embed(texts.slice(from, next))).entries()) rows[from + at] = row;
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return rows;
}

async function timed(run: () => Promise<Rows>): Promise<Timed> {
  const before = performance.now();
  const rows = await run();
  return { ms: performance.now() - before, rows };
}

const contenders: Record<string, (url: string) => Promise<Timed>> = {
  async 'openai SDK'(url) {
    const { OpenAI } = await import('openai');
    const client = new OpenAI({ apiKey: 'bench', baseURL: url, maxRetries: 0 });
    const embed = async (input: string[]): Promise<Rows> => {
      const { data } = await client.embeddings.create({ model, input });
      return data.map(({ embedding }) => embedding);
    };
    await embed(['text-0']);
    return timed(() => inBatches(embed));
  },
  async Mortise(url) {
    const { OpenAIEmbedding } = await import('@mortise/openai');
    const embedding = new OpenAIEmbedding({ model, apiKey: 'bench', baseURL: url, concurrency: IN_FLIGHT });
    await embedding.embedText('text-0');
    return timed(async () => (await embedding.embedTexts(texts)).embeddings);
  },
  async 'fetch by hand'(url) {
    const embed = async (input: string[]): Promise<Rows> => {
      const response = await fetch(`${url}/embeddings`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer bench' },
        body: JSON.stringify({ model, input, encoding_format: 'base64' }),
      });
      const { data } = (await response.json()) as { data: { index: number; embedding: string }[] };
      const rows: Float32Array[] = [];
      for (const { index, embedding } of data) {
        const bytes = Buffer.from(embedding, 'base64');
        rows[index] = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
      }
      return rows;
    };
    await embed(['text-0']);
    return timed(() => inBatches(embed));
  },
  async 'LangChain CacheBackedEmbeddings'(url) {
    const { OpenAIEmbeddings } = await import('@langchain/openai');
    const { CacheBackedEmbeddings } = await import('@langchain/classic/embeddings/cache_backed');
    const { InMemoryStore } = await import('@langchain/core/stores');
    const configuration = { baseURL: url };
    const embeddings = CacheBackedEmbeddings.fromBytesStore(
      new OpenAIEmbeddings({ model, apiKey: 'bench', batchSize: BATCH, configuration }),
      new InMemoryStore<Uint8Array>(),
      { namespace: model },
    );
    await embeddings.embedDocuments(texts);
    return timed(() => embeddings.embedDocuments(texts));
  },
  async 'Mortise, memory cache'(url) {
    const { OpenAIEmbedding } = await import('@mortise/openai');
    const { MemoryKeyValueStore } = await import('@mortise/core/store');
    const { withEmbeddingCache } = await import('@mortise/toolkit');
    const provider = new OpenAIEmbedding({ model, apiKey: 'bench', baseURL: url });
    const embedding = withEmbeddingCache(provider, new MemoryKeyValueStore());
    await embedding.embedTexts(texts);
    return timed(async () => (await embedding.embedTexts(texts)).embeddings);
  },
};

interface Run {
  readonly ms: number;
  readonly peakMB: number;
  readonly sha256: string;
}

/** In a child: one contender, once. */
async function runOne(name: string, url: string): Promise<Run> {
  const { ms, rows } = await (contenders[name] as (url: string) => Promise<Timed>)(url);
  // Before the check, which takes memory of its own. Kilobytes.
  const peakMB = process.resourceUsage().maxRSS / 1024;
  const hash = createHash('sha256');
  for (const row of rows) hash.update(Float32Array.from(row));
  return { ms, peakMB, sha256: hash.digest('hex') };
}

async function compareAll(names: readonly string[], url: string): Promise<void> {
  const runs = new Map<string, Run[]>(names.map((name) => [name, []]));
  // The first round warms the server up and is not counted.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of names) {
      const args = [...process.execArgv, import.meta.filename, '--run', name, url];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      if (round > 0) runs.get(name)?.push(JSON.parse(stdout) as Run);
    }
  }
  const of = (name: string, what: 'ms' | 'peakMB') => median((runs.get(name) ?? []).map((run) => run[what]));
  const hashes = new Set([...runs.values()].flat().map(({ sha256 }) => sha256));
  if (hashes.size !== 1) throw new Error('The contenders gave different vectors.');
  const [base = ''] = names;
  console.log('| | ms | ratio | peak MB | ratio |');
  console.log('| --- | --- | --- | --- | --- |');
  for (const name of names) {
    const [ms, peakMB] = [of(name, 'ms'), of(name, 'peakMB')];
    const ratios = [ms / of(base, 'ms'), peakMB / of(base, 'peakMB')].map((ratio) => ratio.toFixed(2));
    console.log(`| ${name} | ${ms.toFixed(0)} | ${ratios[0]} | ${peakMB.toFixed(0)} | ${ratios[1]} |`);
  }
}

const [flag, name, url] = process.argv.slice(2);
if (flag === '--run' && name !== undefined && url !== undefined) {
  console.log(JSON.stringify(await runOne(name, url)));
} else {
  const server = await startServer('embedding-server.ts');
  console.log(
    `Node ${process.version}, ${process.platform} ${process.arch}, ${new Date().toISOString().slice(0, 10)}`,
  );
  console.log(`\n### ${TEXTS} texts, ${IN_FLIGHT} requests in flight, cache off\n`);
  await compareAll(['openai SDK', 'Mortise', 'fetch by hand'], server.url);
  if (process.argv.includes('--peers')) {
    console.log('\n### The second pass, from a cache in memory\n');
    await compareAll(['LangChain CacheBackedEmbeddings', 'Mortise, memory cache'], server.url);
  }
  server.stop();
}
