import { setTimeout as sleep } from 'node:timers/promises';
import { context, SpanKind, SpanStatusCode, trace, type Context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace';
import { subscribe, traced } from '@mortise/core';
import { ScriptedLLM } from '@mortise/core/testing';
import { reportToOpenTelemetry } from '@mortise/opentelemetry';
import { runTools, streamTools, tool } from '@mortise/toolkit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { hasExporters } from './receiver.ts';
import { openai, scenes, startProvider, type Provider } from './scenes.ts';

const exporter = new InMemorySpanExporter();
const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
const app = tracerProvider.getTracer('app');
let provider: Provider;
let stop: () => void;

beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  provider = await startProvider();
});
afterAll(async () => {
  await provider.close();
  context.disable();
});
beforeEach(() => {
  exporter.reset();
  stop = reportToOpenTelemetry({ tracerProvider });
});
afterEach(() => stop());

const named = (name: string): ReadableSpan[] =>
  exporter.getFinishedSpans().filter((span) => span.name === name);
const idOf = (span: ReadableSpan | undefined): string | undefined => span?.spanContext().spanId;
const parentOf = (span: ReadableSpan | undefined): string | undefined => span?.parentSpanContext?.spanId;
const inApp = <T>(name: string, run: () => Promise<T>): Promise<T> =>
  app.startActiveSpan(name, async (span) => run().finally(() => span.end()));

it.runIf(hasExporters)(
  "HTTP spans of another instrumentation stand under the model's call, and that under the server's span",
  async () => {
    const { UndiciInstrumentation } = await import('@opentelemetry/instrumentation-undici');
    const undici = new UndiciInstrumentation();
    undici.setTracerProvider(tracerProvider);
    undici.enable();
    try {
      await inApp('GET /ask', () => scenes.chat(provider));
      await inApp('GET /stream', () => scenes.stream(provider));
    } finally {
      undici.disable();
    }
    const calls = named('chat gpt-x');
    const requests = named('POST');
    expect(requests).toHaveLength(2);
    expect(requests.map(parentOf)).toEqual(calls.map(idOf));
    expect(calls.map(parentOf)).toEqual([idOf(named('GET /ask')[0]), idOf(named('GET /stream')[0])]);
  },
);

it('spans of the application stand between two of ours, across awaits', async () => {
  const look = tool({
    name: 'look',
    description: 'x',
    parameters: { type: 'object' },
    execute: () =>
      inApp('database', async () => {
        await sleep(1);
        return (await new ScriptedLLM({ replies: ['b'], model: 'inner' }).chat('a')).text;
      }),
  });
  const call = [{ type: 'tool-call' as const, id: '1', name: 'look', arguments: {} }];
  await runTools(new ScriptedLLM({ replies: [call, 'done'] }), 'x', { tools: [look] });
  const [execution] = named('execute_tool look');
  const [database] = named('database');
  expect(parentOf(database)).toBe(idOf(execution));
  expect(parentOf(named('chat inner')[0])).toBe(idOf(database));
});

it('a stream of an agent that is read elsewhere has its own parents', async () => {
  const look = tool({ name: 'look', description: 'x', parameters: { type: 'object' }, execute: () => 'y' });
  const call = [{ type: 'tool-call' as const, id: '1', name: 'look', arguments: {} }];
  const run = streamTools(new ScriptedLLM({ replies: [call, 'done'] }), 'x', { tools: [look] });
  const iterator = run[Symbol.asyncIterator]();
  await inApp('first reader', () => iterator.next());
  await inApp('second reader', async () => {
    while ((await iterator.next()).done !== true);
  });
  const [agent] = named('invoke_agent');
  const steps = named('run-tools.step');
  expect(parentOf(agent)).toBe(idOf(named('first reader')[0]));
  expect(steps.map(parentOf)).toEqual([idOf(agent), idOf(agent)]);
  expect(named('chat script').map(parentOf)).toEqual(steps.map(idOf));
  expect(parentOf(named('execute_tool look')[0])).toBe(idOf(steps[0]));
});

it('a parent that is handed down by option is one where its context is not', async () => {
  let outerId: string | undefined;
  const unsubscribe = subscribe((event) => void (event.name === 'outer' && (outerId = event.spanId)));
  let finish: () => void = () => undefined;
  const outer = traced('outer', () => new Promise<void>((resolve) => (finish = resolve)));
  await inApp('elsewhere', () => new ScriptedLLM({ replies: ['x'] }).chat('a', { parent: outerId }));
  finish();
  await outer;
  unsubscribe();
  expect(parentOf(named('chat script')[0])).toBe(idOf(named('outer')[0]));
});

it('has every parent right under 1,000 streams at once', async () => {
  class Inner extends ScriptedLLM {
    override async *doStream(...args: Parameters<ScriptedLLM['doStream']>) {
      const { attributes } = trace.getActiveSpan() as unknown as ReadableSpan;
      for await (const event of super.doStream(...args)) {
        await sleep(Math.random() * 3);
        // Whatever a client of HTTP would find as the active one, at each pull.
        app.startSpan('pull', { attributes: { of: attributes['gen_ai.request.model'] } }).end();
        yield event;
      }
    }
  }
  await Promise.all(
    Array.from({ length: 1_000 }, (_, at) =>
      inApp(`request ${at}`, async () => {
        const llm = new Inner({ replies: ['a longer reply'], model: `m${at}` });
        for await (const _event of llm.streamChat('x')) await sleep(Math.random());
      }),
    ),
  );
  const spans = exporter.getFinishedSpans();
  const byId = new Map(spans.map((span) => [idOf(span), span]));
  const wrong = spans.filter((span) => {
    const parent = byId.get(parentOf(span) ?? '');
    if (span.name === 'pull') return parent?.name !== `chat ${String(span.attributes['of'])}`;
    if (span.name.startsWith('chat m')) return parent?.name !== `request ${span.name.slice('chat m'.length)}`;
    return parent !== undefined;
  });
  expect(wrong).toEqual([]);
  expect(spans.filter(({ name }) => name.startsWith('chat m'))).toHaveLength(1_000);
  expect(spans.filter(({ name }) => name === 'pull').length).toBeGreaterThan(5_000);
}, 600_000);

it('a reader that leaves a stream ends its span, which says so, and is no error', async () => {
  for await (const event of openai(provider).streamChat('x')) if (event.type === 'text-delta') break;
  const [left] = named('chat gpt-x');
  expect(left?.attributes).toMatchObject({ 'mortise.stream.left': true });
  expect(left?.attributes).not.toHaveProperty('error.type');
  expect(left?.status.code).toBe(SpanStatusCode.UNSET);
  expect(left?.ended).toBe(true);
});

it('an aborted stream, a cancelled one and a failed call say why', async () => {
  const controller = new AbortController();
  const llm = new ScriptedLLM({ replies: () => 'a longer reply' });
  const reading = (async () => {
    for await (const _event of llm.streamChat('x', { signal: controller.signal })) controller.abort();
  })();
  await expect(reading).rejects.toThrow();
  const stream = llm.streamChat('x');
  await stream[Symbol.asyncIterator]().next();
  await stream.cancel();
  const [aborted, cancelled] = named('chat script');
  expect(aborted?.attributes).toMatchObject({ 'error.type': 'AbortError' });
  expect(cancelled?.attributes).toMatchObject({ 'mortise.stream.left': true });
});

it('spans that are open when reporting stops are ended', async () => {
  const stream = new ScriptedLLM({ replies: () => 'a longer reply' }).streamChat('x');
  await stream[Symbol.asyncIterator]().next();
  expect(named('chat script')).toHaveLength(0);
  stop();
  expect(named('chat script')).toHaveLength(1);
  await stream.cancel();
});

it("an application's own operation is a span with its own attributes", async () => {
  await traced('crm.look-up', async () => new ScriptedLLM({ replies: ['x'] }).chat('a'), { rows: 3 });
  const [own] = named('crm.look-up');
  expect(own?.attributes).toEqual({ rows: 3 });
  expect(own?.kind).toBe(SpanKind.INTERNAL);
  expect(parentOf(named('chat script')[0])).toBe(idOf(own));
});

it('a sampler decides by the attributes at the start, and what is not sampled costs its children too', async () => {
  const seen: object[] = [];
  const sampling = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
    sampler: {
      shouldSample: (_context: Context, _trace, _name, _kind, attributes) => {
        seen.push(attributes);
        return { decision: 0 };
      },
      toString: () => 'none',
    },
  });
  stop();
  stop = reportToOpenTelemetry({ tracerProvider: sampling });
  await new ScriptedLLM({ replies: ['x'] }).chat('a');
  expect(seen).toEqual([
    { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'scripted', 'gen_ai.request.model': 'script' },
  ]);
  expect(exporter.getFinishedSpans()).toEqual([]);
});
