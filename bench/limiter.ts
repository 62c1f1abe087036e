/**
 * The adaptive limiter in real time against a server with a token bucket of R requests a second and a burst of R/10,
 * halved half way: 10 s of ramp, then 60 s measured, with three times as much offered as the server grants. Prints
 * the share of what the server would have granted that was served, and the share of requests that were refused.
 */
import {
  BaseEmbedding,
  MortiseError,
  type Attempt,
  type EmbeddingMetadata,
  type EmbedReply,
} from '@mortise/core';
import { createAdaptiveLimiter } from '@mortise/toolkit/limiter';
import { errorFromResponse, readJson } from '@mortise/core/wire';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const RAMP_MS = 10_000;
const MEASURED_MS = 60_000;
const REPLY_MS = 20;

interface Counts {
  served: number;
  refused: number;
  grantable: number;
}

/** What the parent tells the server to do. */
interface Changes {
  rate?: number;
  counting?: boolean;
}

/** In a child, so that its work is not counted as the client's. Refills by the clock; counts while `counting`. */
async function serveBucket(full: number): Promise<void> {
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
  process.on('message', (changes: Changes) => {
    fill();
    rate = changes.rate ?? rate;
    counting = changes.counting ?? counting;
    if (changes.counting === false) process.send?.(counts);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

/** A model on that server, retries left out: each request is counted once. */
class Remote extends BaseEmbedding {
  readonly metadata: EmbeddingMetadata = { maxBatchSize: 1, asymmetric: false };
  readonly #url: string;
  constructor(url: string, limiter = createAdaptiveLimiter()) {
    super({ provider: 'bench', model: 'bucket', limiter, retry: false });
    this.#url = url;
  }
  async doEmbed(_inputs: readonly string[], _request: object, attempt: Attempt): Promise<EmbedReply> {
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
  const server = fork(import.meta.filename, ['--server', String(rate)], { execArgv: process.execArgv });
  const [url] = (await once(server, 'message')) as [string];
  const model = new Remote(url);
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
  const tell = (changes: Changes) => server.send(changes);
  await pause(RAMP_MS);
  tell({ counting: true });
  await pause(MEASURED_MS / 2);
  tell({ rate: rate / 2 });
  await pause(MEASURED_MS / 2);
  tell({ counting: false });
  const [counts] = (await once(server, 'message')) as [Counts];
  clearInterval(load);
  left.abort('over');
  server.kill();
  return counts;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const [flag, rate] = process.argv.slice(2);
if (flag === '--server') await serveBucket(Number(rate));
else {
  console.log('| R | served, of what could be granted | refused, of what was sent |');
  console.log('| --- | --- | --- |');
  for (const rate of flag === undefined ? [20, 200] : [Number(flag)]) {
    const { served, refused, grantable } = await run(rate);
    const share = (part: number, of: number) => `${((100 * part) / of).toFixed(1)} %`;
    console.log(`| ${rate} | ${share(served, grantable)} | ${share(refused, served + refused)} |`);
  }
  process.exit(0);
}
