import { emitPoint, inSpan, traced } from '@mortise/core/events';
import { ScriptedLLM } from '@mortise/core/testing';
import { reportToOpenTelemetry, type ReportOptions } from '@mortise/opentelemetry';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const exporter = new InMemorySpanExporter();
const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
const rejections: unknown[] = [];
const onRejection = (reason: unknown): void => void rejections.push(reason);

beforeEach(() => {
  exporter.reset();
  rejections.length = 0;
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  process.prependListener('unhandledRejection', onRejection);
});
afterEach(() => {
  process.off('unhandledRejection', onRejection);
  vi.restoreAllMocks();
});

async function reported(options: ReportOptions, run: () => Promise<unknown>): Promise<ReadableSpan[]> {
  const stop = reportToOpenTelemetry({ tracerProvider, ...options });
  try {
    await run();
    // None that the stop would end.
    return [...exporter.getFinishedSpans()];
  } finally {
    stop();
  }
}

const one = ([span, ...more]: readonly ReadableSpan[]): ReadableSpan => {
  expect(more).toEqual([]);
  if (span === undefined) throw new Error('No span has ended.');
  return span;
};

/** A tool's call whose content is `result`. */
const tool = (content: Record<string, unknown>) => () =>
  inSpan('tool.execute', { attributes: { tool: 'look' }, content: () => content }, async () => 1);

describe('a hostile value', () => {
  it('whose parts hold each other is cut, and does not hold the call up', async () => {
    const circle: Record<string, unknown> = {};
    for (const name of 'abcdefgh') circle[name] = circle;
    let tree: unknown = 1;
    for (let depth = 0; depth < 9; depth++) tree = Array.from({ length: 1_000 }, () => tree);
    const span = one(await reported({ content: true }, tool({ arguments: circle, description: 'Looks.' })));
    expect(span.attributes['gen_ai.tool.description']).toBe('Looks.');
    exporter.reset();
    one(await reported({ content: true }, tool({ arguments: tree })));
  });

  it.each([
    [
      'a getter',
      {
        get card() {
          throw new Error('no');
        },
      },
    ],
    [
      'a proxy',
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('no');
          },
        },
      ),
    ],
    ['a list that is none', Proxy.revocable([], {})],
  ])('with %s that throws leaves its span whole', async (_, value) => {
    if ('revoke' in value) (value as { revoke(): void }).revoke();
    const given = 'proxy' in value ? value.proxy : value;
    const span = one(await reported({ content: true }, tool({ arguments: { given, city: 'Oslo' } })));
    expect(span.name).toBe('execute_tool look');
    expect(span.attributes['gen_ai.tool.call.arguments']).toContain('Oslo');
  });

  it.each([
    [
      'message',
      {
        get message() {
          throw new Error('no');
        },
      },
    ],
    [
      'name',
      Object.defineProperty(new Error('x'), 'name', {
        get: () => {
          throw new Error('no');
        },
      }),
    ],
    [
      'anything',
      new Proxy(new Error('x'), {
        get: () => {
          throw new Error('no');
        },
      }),
    ],
  ])('that was thrown, whose %s cannot be read, leaves its span and its duration', async (_, thrown) => {
    const failing = async () => {
      await inSpan('tool.execute', { attributes: { tool: 'look' } }, async () => {
        throw thrown;
      }).catch(() => undefined);
    };
    const sink = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter: sink, exportIntervalMillis: 3_600_000 });
    const meterProvider = new MeterProvider({ readers: [reader] });
    const span = one(await reported({ content: true, meterProvider }, failing));
    expect(span.status.code).toBe(2);
    await reader.forceFlush();
    const names = sink
      .getMetrics()
      .flatMap(({ scopeMetrics }) =>
        scopeMetrics.flatMap(({ metrics }) => metrics.map(({ descriptor }) => descriptor.name)),
      );
    expect(names).toContain('gen_ai.client.operation.duration');
    await meterProvider.shutdown();
  });

  it('has no half of a pair of characters in it, on which a collector refuses all spans of a request', async () => {
    const half = 'a\ud800b';
    const work = () =>
      inSpan(`own ${half}`, { attributes: { note: half, provider: half } }, async () => {
        emitPoint('fallback', { from: half });
        throw Object.assign(new Error(half), { name: 'Refused' });
      }).catch(() => undefined);
    const call = () =>
      inSpan(
        'llm.chat',
        { attributes: { provider: 'p', model: half }, content: () => ({ input: half, stop: [half] }) },
        async () => 1,
        () => ({ attributes: { answeredBy: half, responseId: half, finishReason: half } }),
      );
    const spans = await reported({ content: true }, async () => {
      await work();
      await call();
    });
    expect(spans).toHaveLength(2);
    for (const { name, attributes, events, status } of spans)
      expect(JSON.stringify([name, attributes, events.map((event) => event.attributes), status])).not.toMatch(
        /\\ud800/,
      );
    expect(spans[0]?.attributes).toMatchObject({ note: 'a\ufffdb' });
  });

  it('of a provider is cut: an id or a reason of a million characters', async () => {
    const long = 'x'.repeat(1_000_000);
    const call = () =>
      inSpan(
        'llm.chat',
        { attributes: { provider: 'p', model: 'm' } },
        async () => 1,
        () => ({ attributes: { answeredBy: long, responseId: long, finishReason: long } }),
      );
    const span = one(await reported({}, call));
    expect(JSON.stringify(span.attributes).length).toBeLessThan(20_000);
  });

  it.each(['__proto__', 'constructor', 'toString'])('may be called %s, as a provider', async (provider) => {
    const call = () => inSpan('llm.chat', { attributes: { provider, model: 'm' } }, async () => 1);
    const span = one(await reported({}, call));
    expect(span.attributes['gen_ai.provider.name']).toBe(provider);
  });
});

describe('without consent', () => {
  it.each([
    ['a record', { name: 'Walnut Smith', message: 'walnut' }, '_OTHER'],
    ['a sentence', Object.assign(new Error('walnut'), { name: 'About walnut: 4711' }), 'Error'],
    ['a text', 'walnut', '_OTHER'],
  ])('the class of %s that was thrown is none of its words', async (_, thrown, type) => {
    const span = one(
      await reported({}, () =>
        traced('fail', () => {
          throw thrown;
        }).catch(() => undefined),
      ),
    );
    expect(span.attributes['error.type']).toBe(type);
    expect(JSON.stringify([span.attributes, span.status]).toLowerCase()).not.toContain('walnut');
  });
});

describe('functions of the application', () => {
  const failing = async (): Promise<never> => {
    throw new Error('told');
  };
  it.each([
    ['costOf', { costOf: failing as never }],
    ['redact', { content: { redact: failing as never } }],
  ])('may be async by mistake: what %s rejects with ends nothing', async (_, options) => {
    const llm = new ScriptedLLM({ replies: () => 'ok' });
    const span = one(await reported(options, () => llm.chat('walnut')));
    await new Promise((resolve) => setImmediate(resolve));
    expect(rejections).toEqual([]);
    expect(JSON.stringify(span.attributes)).not.toContain('walnut');
  });

  it('gets the names of members too, where they are what somebody wrote', async () => {
    const redact = (text: string): string => text.replaceAll(/\S+@\S+/g, '[email]');
    const scores = { 'ann@example.com': 1, 'bob@example.com': { 'cid@example.com': 2 } };
    const span = one(await reported({ content: { redact } }, tool({ arguments: scores })));
    expect(JSON.stringify(span.attributes)).not.toContain('example.com');
    expect(JSON.stringify(span.attributes)).toContain('[email]');
  });
});

describe('what its reader left', () => {
  it.each(['query', 'parser.parse', 'llm.chat', 'run-tools', 'ingest.read'])(
    'of %s says so, and is no error',
    async (name) => {
      const { startSpan } = await import('@mortise/core/events');
      const { leftError } = await import('@mortise/core/call');
      const span = one(
        await reported({}, async () => {
          startSpan(name, { attributes: { provider: 'p' } }).fail(
            leftError('The stream was left before its end.'),
          );
        }),
      );
      expect(span.attributes['mortise.stream.left']).toBe(true);
      expect(span.attributes['error.type']).toBeUndefined();
      expect(span.status.code).toBe(0);
    },
  );
});

describe('metrics', () => {
  it('tell that a tool which is served failed, where its reply says so', async () => {
    const sink = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter: sink, exportIntervalMillis: 3_600_000 });
    const meterProvider = new MeterProvider({ readers: [reader] });
    await reported({ meterProvider }, () =>
      inSpan(
        'mcp.serve',
        { attributes: { method: 'tools/call', tool: 'look' } },
        async () => 1,
        () => ({ attributes: { isError: true } }),
      ),
    );
    await reader.forceFlush();
    const [served] = sink
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
      .filter(({ descriptor }) => descriptor.name === 'mcp.server.operation.duration');
    expect(served?.dataPoints[0]?.attributes).toMatchObject({ 'error.type': 'tool_error' });
    await meterProvider.shutdown();
  });
});
