import { MortiseError, toolCallBlock } from '@mortise/core';
import { createTextNode } from '@mortise/core/retriever';
import { MemoryKeyValueStore } from '@mortise/core/store';
import { ScriptedLLM } from '@mortise/core/testing';
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { reportToOpenTelemetry, type ReportOptions } from '@mortise/opentelemetry';
import {
  costOf,
  createRateLimiter,
  jsonSchema,
  runTools,
  structured,
  tool,
  withCache,
  withFallback,
} from '@mortise/toolkit';
import { createContextChatEngine } from '@mortise/rag';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { busy, KEY, openai, scenes, startProvider, type Provider } from './scenes.ts';

const exporter = new InMemorySpanExporter();
const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
let provider: Provider;

beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  provider = await startProvider();
});
afterAll(async () => {
  await provider.close();
  context.disable();
});
beforeEach(() => exporter.reset());
afterEach(() => vi.unstubAllEnvs());

async function reported(options: ReportOptions, run: () => Promise<unknown>): Promise<ReadableSpan[]> {
  const stop = reportToOpenTelemetry({ tracerProvider, ...options });
  try {
    await run();
  } finally {
    stop();
  }
  return exporter.getFinishedSpans();
}

async function measured(options: ReportOptions, run: () => Promise<unknown>) {
  const sink = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: sink, exportIntervalMillis: 3_600_000 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  await reported({ meterProvider, ...options }, run);
  await reader.forceFlush();
  const metrics = sink
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics: all }) => all));
  await meterProvider.shutdown();
  return new Map(metrics.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints]));
}

const find = (spans: readonly ReadableSpan[], name: string): ReadableSpan => {
  const found = spans.find((span) => span.name.startsWith(name));
  if (found === undefined) throw new Error(`no ${name} in ${spans.map((span) => span.name).join()}`);
  return found;
};
const json = (span: ReadableSpan, attribute: string): unknown =>
  JSON.parse(String(span.attributes[attribute]));

describe('content, on request', () => {
  it('has the messages of a call as the conventions write them', async () => {
    const call = toolCallBlock('c1', 'look', '{"at":"x"}');
    const llm = new ScriptedLLM({ replies: [[{ type: 'text', text: 'Let me see.' }, call]] });
    const tools = [{ name: 'look', description: 'Looks.', parameters: { type: 'object' } }];
    const spans = await reported({ content: true }, () =>
      llm.chat(
        [
          { role: 'system', content: 'Be short.' },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What is it?' },
              { type: 'image', source: { data: 'iVBORw0KGgo=', mediaType: 'image/png' } },
            ],
          },
        ],
        { tools, stop: ['END'] },
      ),
    );
    const span = find(spans, 'chat');
    expect(json(span, 'gen_ai.input.messages')).toEqual([
      { role: 'system', parts: [{ type: 'text', content: 'Be short.' }] },
      { role: 'user', parts: [{ type: 'text', content: 'What is it?' }, { type: 'image' }] },
    ]);
    expect(json(span, 'gen_ai.output.messages')).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'text', content: 'Let me see.' },
          { type: 'tool_call', id: 'c1', name: 'look', arguments: { at: 'x' } },
        ],
      },
    ]);
    expect(json(span, 'gen_ai.tool.definitions')).toEqual([
      { type: 'function', name: 'look', description: 'Looks.' },
    ]);
    expect(span.attributes['gen_ai.request.stop_sequences']).toEqual(['END']);
  });

  it('has arguments and results of tools, queries, documents and answers', async () => {
    const spans = await reported({ content: true }, async () => {
      await scenes['tool loop with an approval']();
      await scenes['query with citations']();
    });
    const execution = find(spans, 'execute_tool');
    expect(json(execution, 'gen_ai.tool.call.arguments')).toEqual({ to: 'purple-argument' });
    expect(execution.attributes).toMatchObject({
      'gen_ai.tool.call.result': 'purple-result',
      'gen_ai.tool.description': 'Pays.',
    });
    const retrieval = find(spans, 'retrieval BM25');
    expect(retrieval.attributes['gen_ai.retrieval.query.text']).toBe('purple-question');
    expect(json(retrieval, 'gen_ai.retrieval.documents')).toEqual([
      { id: 'node-0', score: expect.any(Number) },
    ]);
    const query = find(spans, 'invoke_workflow');
    expect(json(query, 'gen_ai.input.messages')).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'purple-question' }] },
    ]);
    expect(query.attributes['gen_ai.output.messages']).toContain('purple-document');
  });

  it('goes through the redaction, text by text; what it leaves out or throws at is not recorded', async () => {
    const seen: string[] = [];
    const llm = new ScriptedLLM({ replies: ['the answer'] });
    const redact = (text: string, { attribute, event }: { attribute: string; event: string }) => {
      seen.push(`${event} ${attribute} ${text}`);
      if (text === 'second') return undefined;
      if (text === 'third') throw new Error('mine');
      return text.replace('first', '[name]');
    };
    const messages = ['first', 'second', 'third'].map((content) => ({ role: 'user' as const, content }));
    const spans = await reported({ content: { redact } }, () => llm.chat(messages));
    expect(seen).toContain('llm.chat gen_ai.input.messages first');
    const parts = (json(find(spans, 'chat'), 'gen_ai.input.messages') as { parts: unknown[] }[]).map(
      (each) => each.parts,
    );
    expect(parts).toEqual([[{ type: 'text', content: '[name]' }], [{ type: 'text' }], [{ type: 'text' }]]);
  });

  it('is bounded', async () => {
    const llm = new ScriptedLLM({ replies: () => 'x'.repeat(100) });
    const [cut] = await reported({ content: { maxTextChars: 10 } }, () => llm.chat('a'));
    expect(cut?.attributes['gen_ai.output.messages']).toContain(`"${'x'.repeat(10)}…"`);
    exporter.reset();
    const [out] = await reported({ content: { maxAttributeChars: 90 } }, () => llm.chat('a'));
    expect(out?.attributes).toHaveProperty(['gen_ai.input.messages']);
    expect(out?.attributes).not.toHaveProperty(['gen_ai.output.messages']);
    expect(() => reportToOpenTelemetry({ content: { maxTextChars: 0 } })).toThrow(MortiseError);
  });
});

describe('without it', () => {
  it('says the class of an error and none of its words, which are there on request', async () => {
    const ask = async (): Promise<void> => {
      const refused = new MortiseError('server', 'It said: purple-answer.');
      await new ScriptedLLM({ replies: [refused], retry: false }).chat('x').catch(() => 0);
      const llm = new ScriptedLLM({ replies: () => 'not { what was asked: purple-answer' });
      await structured(llm, jsonSchema({ type: 'object' }), 'purple-question', { maxRepairs: 0 }).catch(
        () => 0,
      );
    };
    const spans = await reported({}, ask);
    const failed = spans.filter(({ status }) => status.code === 2);
    expect(failed.map(({ name, attributes }) => [name, attributes['error.type']])).toEqual([
      ['chat script', 'server'],
      ['parser.parse SchemaParser', 'parse'],
      ['structured', 'parse'],
    ]);
    expect(failed.map(({ status }) => status.message)).toEqual(['server', 'parse', 'parse']);
    expect(JSON.stringify(spans.map(shown))).not.toContain('purple');
    exporter.reset();
    const [told] = await reported({ content: { redact: (text) => text.replace('purple', '[colour]') } }, ask);
    expect(told?.status.message).toBe('It said: [colour]-answer.');
  });

  it('is not even handed to this package', async () => {
    const captures: boolean[] = [];
    const hub = (globalThis as Record<symbol, { subscriptions: Set<{ captureContent: boolean }> }>)[
      Symbol.for('mortise.events.v1')
    ];
    for (const content of [undefined, false, true] as const)
      await reported(
        { content },
        async () => void captures.push([...hub!.subscriptions].at(-1)!.captureContent),
      );
    expect(captures).toEqual([false, false, true]);
  });

  it('shows no key, in a span, a metric or a log, whatever a server sends back', async () => {
    const logged: unknown[] = [];
    for (const method of ['log', 'error', 'warn', 'info'] as const)
      vi.spyOn(console, method).mockImplementation((...args) => void logged.push(args));
    const metrics = await measured({ content: true }, async () => {
      for (const status of [500, 401, 503]) {
        provider.failures.push(busy(status), busy(status), busy(status));
        await openai(provider)
          .chat('a', { timeoutMs: 5_000 })
          .catch(() => undefined);
        provider.failures.length = 0;
      }
    });
    vi.restoreAllMocks();
    const all = JSON.stringify([exporter.getFinishedSpans().map(shown), [...metrics], logged]);
    expect(exporter.getFinishedSpans()).toHaveLength(3);
    for (const form of [
      KEY,
      encodeURIComponent(KEY),
      btoa(KEY),
      JSON.stringify(KEY).slice(1, -1),
      '0123456789012',
    ])
      expect(all).not.toContain(form);
  });
});

describe('what happens inside a call', () => {
  it('retries, waits, fallbacks and warnings are events of the span they are in', async () => {
    const fails = new ScriptedLLM({
      replies: () => new MortiseError('server', 'no'),
      model: 'first',
      retry: { baseDelayMs: 1 },
    });
    const limiter = createRateLimiter({ concurrency: 1 });
    const well = new ScriptedLLM({ replies: () => 'ok', limiter });
    const llm = withFallback(fails, [well]);
    const answer = tool({
      name: 'answer',
      description: 'x',
      parameters: { type: 'object' },
      execute: async () => {
        const lease = await limiter.acquire({ signal: undefined });
        const asked = llm.chat('a', { temperature: 1 });
        await vi.waitFor(() => expect(fails.requests).toHaveLength(3));
        setTimeout(() => lease.release(), 30);
        return (await asked).text;
      },
    });
    const call = [toolCallBlock('1', 'answer', '{}')];
    const spans = await reported({}, () =>
      runTools(new ScriptedLLM({ replies: [call, 'x'] }), 'x', { tools: [answer] }),
    );
    const names = (name: string) => find(spans, name).events.map((event) => event.name);
    expect(names('chat first')).toEqual(['mortise.retry', 'mortise.retry']);
    expect(names('execute_tool')).toContain('mortise.fallback');
    const waits = spans.flatMap(({ name, events }) => events.map((event) => `${name} ${event.name}`));
    expect(waits).toContain('chat script mortise.rate_limit');
  });

  it('a conversation is named in all that happens in a turn of it', async () => {
    const store = new MemoryKeyValueStore();
    const engine = createContextChatEngine(
      {
        llm: new ScriptedLLM({ replies: () => 'x' }),
        retriever: { retrieve: async () => [{ node: createTextNode({ id: 'n', text: 'x' }), score: 1 }] },
      },
      { persist: { store, key: 'conversation-7' } },
    );
    const spans = await reported({}, () => engine.chat('hello'));
    expect(find(spans, 'invoke_workflow chat').attributes['gen_ai.conversation.id']).toBe('conversation-7');
    expect(find(spans, 'chat script').attributes['gen_ai.conversation.id']).toBe('conversation-7');
  });
});

describe('metrics', () => {
  it('what calls cost, where the application gives prices', async () => {
    const prices = { script: { input: 10, output: 30 } };
    const usage = { inputTokens: 100_000, outputTokens: 10_000 };
    const llm = new ScriptedLLM({ replies: () => 'x', usage });
    const metrics = await measured({ costOf: (call) => costOf(call, prices) }, () => llm.chat('a'));
    expect(find(exporter.getFinishedSpans(), 'chat').attributes['mortise.cost']).toBeCloseTo(1.3);
    expect(metrics.get('mortise.client.cost')?.[0]?.value).toMatchObject({
      count: 1,
      sum: expect.closeTo(1.3),
    });
  });

  it('a function of prices that throws is reported, and the span is ended all the same', async () => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const throwing = () => {
      throw new Error('mine');
    };
    const llm = new ScriptedLLM({ replies: () => 'x', usage: { inputTokens: 1 } });
    expect(await reported({ costOf: throwing }, () => llm.chat('a'))).toHaveLength(1);
    expect(report).toHaveBeenCalledOnce();
    report.mockRestore();
  });

  it('hits and misses of a cache', async () => {
    const llm = withCache(new ScriptedLLM({ replies: () => 'x' }), new MemoryKeyValueStore());
    const metrics = await measured({}, async () => {
      for (let at = 0; at < 3; at++) await llm.chat('the same', { temperature: 0 });
    });
    const points = metrics
      .get('mortise.cache.lookups')!
      .map(({ attributes, value }) => [attributes['mortise.cache.result'], value]);
    expect(Object.fromEntries(points)).toEqual({ hit: 2, miss: 1 });
  });

  it('names without a release are there where OTEL_SEMCONV_STABILITY_OPT_IN asks for them, and only there', async () => {
    const unreleased = [
      'gen_ai.execute_tool.duration',
      'gen_ai.invoke_agent.duration',
      'gen_ai.workflow.duration',
    ];
    const play = async (): Promise<void> => {
      await scenes['tool loop with an approval']();
      await scenes['query with citations']();
    };
    const without = await measured({}, play);
    expect(unreleased.filter((name) => without.has(name))).toEqual([]);
    vi.stubEnv('OTEL_SEMCONV_STABILITY_OPT_IN', 'http, gen_ai_latest_experimental');
    const latest = await measured({}, play);
    expect(unreleased.filter((name) => latest.has(name))).toEqual(unreleased);
    expect(latest.get('gen_ai.execute_tool.duration')?.[0]?.attributes).toEqual({
      'gen_ai.tool.name': 'pay',
    });
  });
});

function shown({ name, attributes, events, status }: ReadableSpan): object {
  return { name, attributes, events, status };
}
