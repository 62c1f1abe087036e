/**
 * The adaptive limiter in real time against a server with a token bucket of R requests a second and a burst of R/10,
 * halved half way: 10 s of ramp, then 60 s measured, with three times as much offered as the server grants. Prints
 * the share of what the server would have granted that was served, and the share of requests that were refused.
 */
import { BaseEmbedding, MortiseError, type Attempt, type EmbeddingMetadata, type EmbedReply } from '@mortise/core';
import { createAdaptiveLimiter } from '@mortise/core/call';
import { errorFromResponse, readJson } from '@mortise/core/wire';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

const RAMP_MS = 10_000;
const MEASURED_MS = 60_000;
const REPLY_MS = 20;

interface Counts {
  served: number;
  refused: number;
  grantable: number;
}

/** Refills by the clock; counts only what comes while `counting`. */
async function startBucket(full: number) {
  const counts: Counts = { served: 0, refused: 0, grantable: 0 };
  let rate = full;
  let level = full / 10;
  let filledAt = performance.now();
  let counting = false;
  function fill(): void {
    const now = performance.now();
    const gained = ((now - filledAt) / 1000) * rate;
    if (counting) counts.grantable += gained;
    level = Math.min(rate / 10, level + gained);
    filledAt = now;
  }
  const server = createServer((request, reply) => {
    request.resume();
    fill();
    const accepted = level >= 1;
    if (accepted) level -= 1;
    if (counting) counts[accepted ? 'served' : 'refused']++;
    setTimeout(
      () => {
        reply.writeHead(accepted ? 200 : 429, { 'content-type': 'application/json' });
        reply.end(accepted ? '{"row":[1]}' : '{"error":"slow down"}');
      },
      accepted ? REPLY_MS : 1,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    set(changes: { rate?: number; counting?: boolean }) {
      fill();
      rate = changes.rate ?? rate;
      counting = changes.counting ?? counting;
    },
    close: () => server.close(),
  };
}

/** A model on that server, retries left out: each request is counted once. */
class Remote extends BaseEmbedding {
  readonly metadata: EmbeddingMetadata = { maxBatchSize: 1, asymmetric: false };
  readonly #url: string;
  constructor(url: string, limiter = createAdaptiveLimiter()) {
    super({ provider: 'bench', model: 'bucket', limiter, retry: false });
    this.#url = url;
  }
  async embed(_inputs: readonly string[], _request: object, attempt: Attempt): Promise<EmbedReply> {
    const response = await fetch(this.#url, { method: 'POST', body: 'x', signal: attempt.signal });
    if (!response.ok) {
      await response.arrayBuffer();
      throw errorFromResponse({ provider: 'bench', status: response.status, headers: response.headers });
    }
    const { row } = await readJson(response, attempt, this);
    return { embeddings: [row as number[]] };
  }
}

async function run(rate: number): Promise<Counts> {
  const bucket = await startBucket(rate);
  const model = new Remote(bucket.url);
  const left = new AbortController();
  const began = performance.now();
  let offered = 0;
  const load = setInterval(() => {
    const due = ((performance.now() - began) / 1000) * 3 * rate;
    for (; offered < due; offered++)
      model.embedText('x', { signal: left.signal }).catch((error: unknown) => {
        if (error !== 'over' && !(error instanceof MortiseError && error.status === 429)) throw error;
      });
  }, 5);
  await pause(RAMP_MS);
  bucket.set({ counting: true });
  await pause(MEASURED_MS / 2);
  bucket.set({ rate: rate / 2 });
  await pause(MEASURED_MS / 2);
  bucket.set({ counting: false });
  clearInterval(load);
  left.abort('over');
  bucket.close();
  return bucket.counts;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

console.log('| R | served, of what could be granted | refused, of what was sent |');
console.log('| --- | --- | --- |');
for (const rate of [20, 200]) {
  const { served, refused, grantable } = await run(rate);
  const share = (part: number, of: number) => `${((100 * part) / of).toFixed(1)} %`;
  console.log(`| ${rate} | ${share(served, grantable)} | ${share(refused, served + refused)} |`);
}
process.exit(0);
