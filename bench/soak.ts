/**
 * 10,000 calls under one long-lived signal, half of them aborted on the way: what stays behind? Whole replies and
 * streams in turn, at concurrency 20, against `server.ts` in its own process.
 */
import { getEventListeners } from 'node:events';
import { OpenAILLM } from '@mortise/openai';
import { startServer } from './measure.ts';

const CALLS = Number(process.argv[2] ?? 10_000);
const CONCURRENCY = 20;

const { url, stop } = await startServer();
const llm = new OpenAILLM({ model: 'stream-200', api: 'chat-completions', apiKey: 'soak', baseURL: url });
const shared = new AbortController();
shared.signal.addEventListener('abort', () => undefined);

let left = CALLS;
let aborted = 0;
let completed = 0;

/** Every second call is aborted, at a moment that differs from call to call. */
async function call(n: number): Promise<void> {
  if (n % 2 === 0) {
    if (n % 4 === 0) await llm.chat('x', { signal: shared.signal });
    else await llm.streamChat('x', { signal: shared.signal }).final();
    completed++;
    return;
  }
  const own = new AbortController();
  const forward = (): void => own.abort(shared.signal.reason);
  shared.signal.addEventListener('abort', forward);
  const timer = setTimeout(() => own.abort('enough'), n % 7);
  try {
    if (n % 4 === 1) await llm.chat('x', { signal: own.signal });
    else
      for await (const event of llm.streamChat('x', { signal: own.signal }))
        if (event.type === 'text-delta') own.abort('enough');
    completed++;
  } catch (error) {
    if (error !== 'enough') throw error;
    aborted++;
  } finally {
    clearTimeout(timer);
    shared.signal.removeEventListener('abort', forward);
  }
}

function state() {
  globalThis.gc?.();
  const resources = process.getActiveResourcesInfo();
  return {
    listeners: getEventListeners(shared.signal, 'abort').length,
    timers: resources.filter((name) => name === 'Timeout').length,
    sockets: resources.filter((name) => name === 'TCPSocketWrap').length,
    heapMB: Number((process.memoryUsage().heapUsed / 1e6).toFixed(1)),
  };
}

const started = performance.now();
console.log('before     ', state());
for (let part = 1; part <= 4; part++) {
  const until = CALLS - (CALLS / 4) * part;
  const worker = async (): Promise<void> => {
    while (left > until) await call(left--);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  await new Promise((resolve) => setTimeout(resolve, 500));
  console.log(`after ${CALLS - left}`.padEnd(11), state());
}
console.log({ completed, aborted, seconds: Number(((performance.now() - started) / 1000).toFixed(1)) });
const response = await fetch(url.replace('/v1', '/peak'));
console.log('server', await response.json());
stop();
