/**
 * What reporting costs: CPU of calls with a subscriber and no exporter by that of calls without, in blocks that take turns in one
 * process, medians of one run. Processes of their own differ by up to 4 % where they do the same.
 *
 *     node --conditions=mortise-source integrations/opentelemetry/bench/cost.ts [calls [reply,stream]]
 */
import { fork, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:http';
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { OpenAILLM } from '@mortise/openai';
import { reportToOpenTelemetry } from '@mortise/opentelemetry';

/** `again` is without too: what it differs by is the noise of the machine. */
const MODES = ['without', 'again', 'api', 'sdk', 'by-hand'] as const;
const WORK = ['reply', 'stream'] as const;
const BLOCK = 50;
/** Blocks of each mode that are not counted. */
const WARM = 20;

const [role = '10000', work = WORK.join(), url] = process.argv.slice(2);
if (role === 'server') serve();
else if (role === 'calls') await calls();
else await compare(Number(role), work.split(','));

/** A server that answers at once: a reply of 600 words' worth of tokens, whole or in 150 pieces. */
function serve(): void {
  const text = 'A piece of an answer. ';
  const usage = { prompt_tokens: 900, completion_tokens: 600, total_tokens: 1_500 };
  const about = { id: 'chatcmpl-1', model: 'gpt-x-2026', created: 1 };
  const message = { role: 'assistant', content: text.repeat(150) };
  const whole = JSON.stringify({ ...about, choices: [{ index: 0, message, finish_reason: 'stop' }], usage });
  const piece = (part: object): string => `data: ${JSON.stringify({ ...about, ...part })}\n\n`;
  const delta = piece({ choices: [{ index: 0, delta: { content: text } }] });
  const end = piece({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage });
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += String(chunk)));
    request.on('end', async (): Promise<unknown> => {
      if (!body.includes('"stream":true'))
        return response.writeHead(200, { 'content-type': 'application/json' }).end(whole);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (let at = 0; at < 15; at++) {
        response.write(delta.repeat(10));
        await new Promise((resolve) => setImmediate(resolve));
      }
      return response.end(`${end}data: [DONE]\n\n`);
    });
  });
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as { port: number };
    process.send?.(`http://127.0.0.1:${port}/v1`);
  });
}

/** Blocks of calls, each in the mode that is asked for: a message is the mode, the answer µs of CPU a call. */
async function calls(): Promise<void> {
  const llm = new OpenAILLM({ model: 'gpt-x', apiKey: 'test', baseURL: url!, api: 'chat-completions' });
  const prompt = 'What is it, and what is it not? '.repeat(100);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const tracerProvider = new TracerProvider();
  const meterProvider = new MeterProvider();
  const tracer = tracerProvider.getTracer('app');
  const ask = async (): Promise<void> => {
    if (work === 'reply') return void (await llm.chat(prompt));
    for await (const _event of llm.streamChat(prompt));
  };
  // The least that anybody pays: a span of the SDK around the call, and nothing of ours.
  const byHand = (): Promise<void> =>
    tracer.startActiveSpan('chat', (span) => ask().finally(() => span.end()));
  process.on('message', async (mode: (typeof MODES)[number]) => {
    const stop =
      mode === 'api'
        ? reportToOpenTelemetry()
        : mode === 'sdk'
          ? reportToOpenTelemetry({ tracerProvider, meterProvider })
          : undefined;
    const call = mode === 'by-hand' ? byHand : ask;
    const begin = process.cpuUsage();
    for (let at = 0; at < BLOCK; at += 5) await Promise.all(Array.from({ length: 5 }, call));
    const { user, system } = process.cpuUsage(begin);
    stop?.();
    process.send?.((user + system) / BLOCK);
  });
  process.send?.('ready');
}

async function compare(count: number, kinds: readonly string[]): Promise<void> {
  const children: ChildProcess[] = [];
  const start = (...args: string[]): ChildProcess => {
    const child = fork(import.meta.filename, args, { execArgv: process.execArgv });
    children.push(child);
    return child;
  };
  const said = <T>(child: ChildProcess): Promise<T> =>
    new Promise((resolve) => child.once('message', resolve as never));
  const run = (child: ChildProcess, mode: string): Promise<number> => {
    const answer = said<number>(child);
    child.send(mode);
    return answer;
  };
  try {
    const address = await said<string>(start('server'));
    for (const kind of kinds) {
      const child = start('calls', kind, address);
      await said(child);
      const figures = MODES.map((): number[] => []);
      for (let block = -WARM; block < count / BLOCK; block++)
        // Each mode comes first, second, … in its turn.
        for (const step of MODES.keys()) {
          const at = (step + block + WARM) % MODES.length;
          const micros = await run(child, MODES[at]!);
          if (block >= 0) figures[at]!.push(micros);
        }
      const base = median(figures[0]!);
      for (const [at, each] of MODES.entries()) {
        const micros = median(figures[at]!);
        const paired = median(figures[at]!.map((figure, block) => figure / figures[0]![block]!));
        console.log(
          `${kind} ${each}: ${micros.toFixed(1)} µs a call, ${(micros / base).toFixed(3)}; block by block ${paired.toFixed(3)}`,
        );
      }
      child.kill();
    }
  } finally {
    for (const child of children) child.kill();
  }
}

function median(list: readonly number[]): number {
  return list.toSorted((a, b) => a - b)[list.length >> 1]!;
}
