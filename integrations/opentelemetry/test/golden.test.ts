import { createRequire } from 'node:module';
import { existsSync, readFileSync } from 'node:fs';
import * as conventions from '@opentelemetry/semantic-conventions/incubating';
import { reportToOpenTelemetry } from '@mortise/opentelemetry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasExporters, startReceiver, startSdk, type GotSpan, type Receiver, type Sdk } from './receiver.ts';
import { PRIVATE, scenes, startProvider, type Provider } from './scenes.ts';

const OURS = '@mortise/opentelemetry';
let receiver: Receiver;
let sdk: Sdk;
let provider: Provider;
const spansOf = new Map<string, GotSpan[]>();

beforeAll(async () => {
  if (!hasExporters) return;
  [receiver, provider] = await Promise.all([startReceiver(), startProvider()]);
  sdk = await startSdk(receiver.url);
  const stop = reportToOpenTelemetry(sdk);
  const app = sdk.tracerProvider.getTracer('app');
  for (const [scene, play] of Object.entries(scenes)) {
    receiver.spans.length = 0;
    await app.startActiveSpan(`GET /${scene}`, async (span) => {
      await play(provider);
      span.end();
    });
    await sdk.flush();
    spansOf.set(scene, [...receiver.spans]);
  }
  stop();
}, 600_000);

afterAll(async () => {
  if (!hasExporters) return;
  await sdk.shutdown();
  await Promise.all([receiver.close(), provider.close()]);
});

describe.runIf(hasExporters).each(Object.keys(scenes))('%s', (scene) => {
  it('gives its golden spans to an OTLP receiver', async () => {
    const shown = shownTree(spansOf.get(scene)!);
    await expect(`${JSON.stringify(shown, undefined, 2)}\n`).toMatchFileSnapshot(
      `golden/${scene.replaceAll(' ', '-')}.txt`,
    );
  });

  it('has every attribute that the conventions require of its operations', () => {
    for (const span of ours(scene)) {
      const operation = span.attributes[conventions.ATTR_GEN_AI_OPERATION_NAME];
      if (typeof operation !== 'string') continue;
      for (const attribute of REQUIRED[operation]!)
        expect(span.attributes, `${span.name}`).toHaveProperty([attribute]);
      const { attributes } = span;
      if (conventions.ATTR_SERVER_ADDRESS in attributes)
        expect(attributes).toHaveProperty([conventions.ATTR_SERVER_PORT]);
      if (span.status.code === 2) expect(attributes).toHaveProperty([conventions.ATTR_ERROR_TYPE]);
    }
  });

  it('invents no name under gen_ai', () => {
    for (const { attributes, events } of ours(scene))
      for (const name of [attributes, ...events.map((event) => event.attributes)].flatMap(Object.keys))
        if (/^(gen_ai|mcp|server|error)\b/.test(name)) expect(REGISTRY).toContain(name);
        else expect(name).toMatch(/^mortise\.[a-z_.]+$/);
  });

  it('is one trace, whose root is the span of the application', () => {
    const spans = spansOf.get(scene)!;
    const ids = new Map(spans.map((span) => [span.spanId, span]));
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    const roots = spans.filter(({ parentSpanId }) => !ids.has(parentSpanId));
    expect(roots.map(({ name }) => name)).toEqual([`GET /${scene}`]);
  });
});

it.runIf(hasExporters)('gives the golden metrics to an OTLP receiver', async () => {
  const shown = [...receiver.metrics.values()]
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, unit, points }) => ({
      name,
      unit,
      points: points
        .map(({ attributes, count, sum }) => ({
          attributes: sorted(attributes),
          // How many pieces a stream comes in is up to the network.
          ...(name === conventions.METRIC_GEN_AI_CLIENT_OPERATION_TIME_PER_OUTPUT_CHUNK ? {} : { count }),
          ...(unit === 's' ? {} : { sum }),
        }))
        .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    }));
  await expect(`${JSON.stringify(shown, undefined, 2)}\n`).toMatchFileSnapshot('golden/metrics.txt');
});

it.runIf(hasExporters)('counts by the names, units and buckets of the conventions', () => {
  const seconds = receiver.metrics.get(conventions.METRIC_GEN_AI_CLIENT_OPERATION_DURATION)!;
  expect(seconds.points.every(({ bounds }) => bounds.join() === SECONDS.join())).toBe(true);
  const tokens = receiver.metrics.get(conventions.METRIC_GEN_AI_CLIENT_TOKEN_USAGE)!;
  expect(tokens.points.every(({ bounds }) => bounds.join() === TOKENS.join())).toBe(true);
  for (const { name, points } of receiver.metrics.values()) {
    if (name.startsWith('mortise.')) continue;
    expect(METRICS).toContain(name);
    for (const { attributes } of points)
      expect(attributes).toHaveProperty([conventions.ATTR_GEN_AI_OPERATION_NAME]);
    for (const name of points.flatMap(({ attributes }) => Object.keys(attributes)))
      if (!name.startsWith('mortise.')) expect(REGISTRY).toContain(name);
  }
});

it.runIf(hasExporters)(
  'has no word of a prompt, reply, document, argument or result, and no key, in anything that was sent',
  () => {
    const sent = receiver.raw.join('\n');
    expect(sent).toContain('gen_ai.request.model');
    for (const word of [...PRIVATE, '01234567890123']) expect(sent).not.toContain(word);
  },
);

const sources = new URL('../src/names.ts', import.meta.url);
// Not where the suites run on what is published, which has no sources.
it.runIf(existsSync(sources))('knows only names that the registry has and has not replaced', () => {
  const source = readFileSync(sources, 'utf8');
  const used = [...source.matchAll(/= '((?:gen_ai|mcp|server|error)\.[a-z._]+)'/g)].map(([, name]) => name);
  expect(used.length).toBeGreaterThan(40);
  // Of the repository that the conventions moved to, and only where the application asks for names without a release.
  const unreleased = [
    'gen_ai.execute_tool.duration',
    'gen_ai.invoke_agent.duration',
    'gen_ai.workflow.duration',
  ];
  expect(used.filter((name) => ![...REGISTRY, ...METRICS].includes(name!))).toEqual(unreleased);
});

/** As the conventions write them. */
const SECONDS = Array.from({ length: 14 }, (_, at) => 2 ** at / 100);
const TOKENS = Array.from({ length: 14 }, (_, at) => 4 ** at);

/** Required, and required where it is known, as here it is: the registry's `spans.yaml` of 1.41.0. */
const MODEL = [
  conventions.ATTR_GEN_AI_OPERATION_NAME,
  conventions.ATTR_GEN_AI_PROVIDER_NAME,
  conventions.ATTR_GEN_AI_REQUEST_MODEL,
];
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  chat: MODEL,
  text_completion: MODEL,
  embeddings: MODEL,
  retrieval: [conventions.ATTR_GEN_AI_OPERATION_NAME],
  // Of no kind that the registry has: as a model's.
  rerank: MODEL,
  execute_tool: [conventions.ATTR_GEN_AI_OPERATION_NAME, conventions.ATTR_GEN_AI_TOOL_NAME],
  invoke_agent: MODEL,
  invoke_workflow: [conventions.ATTR_GEN_AI_OPERATION_NAME, conventions.ATTR_GEN_AI_WORKFLOW_NAME],
};

/** The names that the package of the conventions has, without those that were replaced. */
const REGISTRY = namesOf('ATTR_', 'attributes');
const METRICS = namesOf('METRIC_', 'metrics');

function namesOf(prefix: string, file: string): string[] {
  const path = createRequire(import.meta.url).resolve('@opentelemetry/semantic-conventions/incubating');
  const read = (kind: string): string =>
    readFileSync(path.replace(/index-incubating\.\w+$/, `${kind}_${file}.d.mts`), 'utf8');
  const said = `${read('experimental')}\n${read('stable')}`;
  const replaced = new Set(
    [
      ...said.matchAll(/@deprecated (?!Moved to the \[OpenTelemetry GenAI)[^/]*\*\/\s*declare const (\w+)/g),
    ].map(([, name]) => name),
  );
  return Object.entries(conventions).flatMap(([key, value]) =>
    key.startsWith(prefix) && typeof value === 'string' && !replaced.has(key) ? [value] : [],
  );
}

function ours(scene: string): GotSpan[] {
  return spansOf.get(scene)!.filter(({ scope }) => scope === OURS);
}

interface Shown {
  readonly name: string;
  readonly kind: string;
  readonly attributes: object;
  readonly events?: object[];
  readonly error?: string;
  readonly children?: Shown[];
}

/** What is the same at every run, as a tree. */
function shownTree(spans: readonly GotSpan[], parent?: GotSpan): Shown[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  return spans
    .filter(({ parentSpanId }) =>
      parent === undefined ? !ids.has(parentSpanId) : parentSpanId === parent.spanId,
    )
    .map((span): Shown => {
      const children = shownTree(spans, span);
      const events = span.events.map(({ name, attributes }) => ({ name, attributes: sorted(attributes) }));
      return {
        name: span.name,
        kind: ['', 'internal', 'server', 'client'][span.kind]!,
        attributes: sorted(span.attributes),
        ...(events.length === 0 ? {} : { events }),
        ...(span.status.code === 2 ? { error: span.status.message } : {}),
        ...(children.length === 0 ? {} : { children }),
      };
    })
    .toSorted(inOrder);
}

/** What runs at once ends in any order; steps of a run have numbers. */
function inOrder(a: Shown, b: Shown): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

/** Times and ports differ from run to run: that they are numbers is all that is shown. */
const VARYING = /time|_ms$|\.port$/;

function sorted(attributes: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(attributes)
      .map(
        ([key, value]) => [key, VARYING.test(key) && typeof value === 'number' ? 'a number' : value] as const,
      )
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}
