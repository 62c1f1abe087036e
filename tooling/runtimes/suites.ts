import {
  conformance,
  embeddingCacheConformance,
  keyValueConformance,
  parserConformance,
  rateLimiterConformance,
  similarityConformance,
  type ConformanceCase,
  type ConformanceResults,
  type TestFunctions,
} from '@mortise/conformance';
import { subscribe, traced, type MortiseEvent } from '@mortise/core';
import { similarity } from '@mortise/core/embedding';
import { base64Of, sha256Hex } from '@mortise/core/shared';
import { fromSSE } from '@mortise/core/sse';
import { MemoryKeyValueStore } from '@mortise/core/store';
import { ScriptedLLM } from '@mortise/core/testing';
import { createAdaptiveLimiter, createRateLimiter } from '@mortise/toolkit/limiter';
import { jsonSchema } from '@mortise/toolkit/schema';
import { structured } from '@mortise/toolkit/structured';
import { withEmbeddingCache } from '@mortise/toolkit/wrappers';
import anthropic from '../../integrations/anthropic/src/conformance/index.ts';
import openai from '../../integrations/openai/src/conformance/index.ts';
import { coreParsers } from '../../packages/conformance/test/reference/parsers.ts';

/** Every suite that is run on every runtime. */
export function wireSuites(test: TestFunctions): ConformanceResults[] {
  return [
    conformance(test, {
      contract: 'platform',
      name: 'core-toolkit',
      suite: platformSuite,
      subject: undefined,
      declared: [],
      reasons: {},
    }),
    ...coreParsers.map((parser) => parserConformance(test, parser)),
    rateLimiterConformance(test, {
      name: 'rate',
      declares: ['tokens', 'concurrency'],
      create: (target) => createRateLimiter({ requestsPerMinute: 100_000, ...target }),
    }),
    rateLimiterConformance(test, {
      name: 'adaptive',
      declares: [],
      reasons: {
        tokens: 'It learns of a limit of tokens from replies only.',
        concurrency: 'It bounds requests a second, not those in flight.',
      },
      create: () => createAdaptiveLimiter(),
    }),
    embeddingCacheConformance(test, {
      name: 'withEmbeddingCache',
      cached: (model, store) => withEmbeddingCache(model, store),
    }),
    similarityConformance(test, { name: 'core', similarity }),
    keyValueConformance(test, {
      name: 'memory',
      open: () => ({ store: new MemoryKeyValueStore() }),
      declares: ['iterate', 'compare-and-set'],
      reasons: {
        persistence: 'It is in memory, gone with the process.',
        failure: 'There is no backend that could fail.',
        lock: 'Calls of one process wait for each other without one.',
      },
    }),
    ...openai(test),
    ...anthropic(test),
  ];
}

type PlatformCase = ConformanceCase<undefined>;

/** What core and the toolkit take of a platform, and do without where it is not there. */
const platformSuite: readonly PlatformCase[] = [
  ofPlatform('hash', 'hashes as SHA-256 does', async ({ check }) => {
    // FIPS 180-4, and a text whose bytes are more than its characters.
    check.equal(
      sha256Hex('abc'),
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      'the hash',
    );
    const text = 'Grüße 😀'.repeat(10_000);
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
    const expected = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join(
      '',
    );
    check.equal(sha256Hex(text), expected, 'the hash of a long text');
  }),
  ofPlatform('base64', 'writes base64 of any bytes, as many as a small picture has', async ({ check }) => {
    const bytes = Uint8Array.from({ length: 100_001 }, (_unused, at) => (at * 31) % 256);
    const back = Uint8Array.from(atob(base64Of(bytes)), (unit) => unit.codePointAt(0) ?? 0);
    check.ok(
      back.length === bytes.length && back.every((byte, at) => byte === bytes[at]),
      'the bytes differ',
    );
  }),
  ofPlatform('sse', 'sends a stream as a Response, and reads it back', async ({ check }) => {
    const text = 'It is sunny in Rome \u2028 😀.'.repeat(200);
    const response = new ScriptedLLM({ replies: [text] }).streamChat('Hi').toResponse();
    let read = '';
    for await (const event of fromSSE<{ type: string; delta?: string }>(response))
      if (event.type === 'text-delta') read += event.delta ?? '';
    check.equal(read, text, 'the text');
  }),
  ofPlatform('structured', 'makes a value of a streamed reply', async ({ check }) => {
    const llm = new ScriptedLLM({ replies: ['Here: {"name": "Grüße", "woods": ["oak"]}'] });
    const schema = jsonSchema<{ name: string; woods: string[] }>({
      type: 'object',
      properties: { name: { type: 'string' }, woods: { type: 'array', items: { type: 'string' } } },
      required: ['name', 'woods'],
    });
    const { value } = await structured(llm, schema, 'Which?');
    check.equal(value, { name: 'Grüße', woods: ['oak'] }, 'the value');
  }),
  ofPlatform('abort', 'gives the reason of a signal, and of one that runs out', async ({ check }) => {
    const never = (): Promise<never> => new Promise(() => undefined);
    const controller = new AbortController();
    const waiting = new ScriptedLLM({ replies: never }).chat('Hi', { signal: controller.signal });
    controller.abort('left');
    check.equal(await check.rejects(waiting, 'an abort'), 'left', 'the reason');
    const bounded = new ScriptedLLM({ replies: never }).chat('Hi', { signal: AbortSignal.timeout(20) });
    const reason = await check.rejects(bounded, 'a signal that runs out');
    check.equal((reason as { name?: unknown }).name, 'TimeoutError', 'the reason');
  }),
  ofPlatform('timers', 'gives timeout when a model is silent', async ({ check }) => {
    const llm = new ScriptedLLM({ replies: () => new Promise(() => undefined), timeoutMs: 20, retry: false });
    await check.error(llm.chat('Hi'), 'timeout', 'a silent model');
  }),
  ofPlatform(
    'context',
    'links spans by the running one, or by `parent` where none is carried',
    async (context) => {
      const { check } = context;
      const { process } = globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } };
      const carries = process?.getBuiltinModule?.('node:async_hooks') !== undefined;
      const events: MortiseEvent[] = [];
      context.after(subscribe((event) => void events.push(event)));
      const llm = new ScriptedLLM({ replies: () => 'ok' });
      await traced('outer', () => llm.chat('Hi'));
      await llm.chat('Hi', { parent: 'mine' });
      const outer = events.find(({ name }) => name === 'outer')?.spanId;
      const starts = events.filter(({ name, phase }) => name === 'llm.chat' && phase === 'start');
      const parents = starts.map((event) => ('parentId' in event ? event.parentId : undefined));
      check.equal(parents, [carries ? outer : undefined, 'mine'], 'the parents');
    },
  ),
];

function ofPlatform(id: string, title: string, run: PlatformCase['run']): PlatformCase {
  return { id: `platform.${id}`, rule: 'P-00', title, requires: [], run };
}
