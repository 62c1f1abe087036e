import { MemoryKeyValueStore } from '@mortise/core/store';
import { HashEmbedding, ScriptedLLM } from '@mortise/core/testing';
import type { ChatInput, ChatOptions } from '@mortise/core';
import * as toolkit from '@mortise/toolkit';
import { call, fuzz } from './fuzz.ts';
import { chatOptions, lazily, streamOf } from './parts.ts';

const llm = () =>
  new ScriptedLLM({ replies: () => '{"a": 1}', retry: false, timeoutMs: 300, deadlineMs: 400 });
const asked = (): ChatOptions => ({
  maxOutputTokens: 10,
  signal: new AbortController().signal,
  providerOptions: { p: {} },
  deadlineMs: 400,
});
const messages = (): ChatInput => [
  { role: 'user', content: 'q' },
  { role: 'assistant', content: [{ type: 'text', text: 'a' }] },
  { role: 'user', content: [{ type: 'text', text: 'b' }] },
];
const schema = () =>
  toolkit.jsonSchema({ type: 'object', properties: { a: { type: 'number' } }, required: ['a'] });
type Llm = ScriptedLLM;
const state = () => ({
  ...{ version: 1 as const, id: 'r', messages: [{ role: 'user', content: 'q' }], steps: 1, calls: { f: 0 } },
  usage: { inputTokens: 1 },
  reply: {
    message: { role: 'assistant', content: [{ type: 'tool-call', id: 'a', name: 'f', arguments: {} }] },
    about: { finishReason: { unified: 'tool-calls', raw: 'x' }, usage: {}, model: 'm', warnings: [] },
    calls: [{ result: { type: 'tool-result', toolCallId: 'a', toolName: 'f', content: 'ok' } }],
  },
});

const parsers: Record<string, (options: never) => { parse(text: string): Promise<unknown> }> = {
  JsonParser: (options) => new toolkit.JsonParser(options),
  ListParser: (options) => new toolkit.ListParser(options),
  EnumParser: (options) => new toolkit.EnumParser(options),
  BooleanParser: (options) => new toolkit.BooleanParser(options),
  NumberParser: (options) => new toolkit.NumberParser(options),
  SelectionParser: (options) => new toolkit.SelectionParser(['yes', 'no'], options),
  XmlParser: (options) => new toolkit.XmlParser(options),
  MarkdownSectionsParser: (options) => new toolkit.MarkdownSectionsParser(options),
  MarkdownTableParser: (options) => new toolkit.MarkdownTableParser(options),
  CodeBlocksParser: (options) => new toolkit.CodeBlocksParser(options),
};
const settings: Record<string, () => unknown> = {
  JsonParser: () => ({ maxDepth: 5, tolerant: true, onRepair: () => undefined }),
  ListParser: () => ({ style: 'comma' }),
  EnumParser: () => ['yes', 'no'],
  BooleanParser: () => ({ yes: ['yes'], no: ['no'] }),
  NumberParser: () => ({ min: 0, max: 10, integer: true }),
  SelectionParser: () => ({ max: 2 }),
  XmlParser: () => ({ maxDepth: 5 }),
  MarkdownSectionsParser: () => ({ required: ['x'] }),
  MarkdownTableParser: () => ({ columns: ['x'] }),
  CodeBlocksParser: () => ({ languages: ['ts'] }),
};
const texts: Record<string, string> = {
  JsonParser: '{"a": 1,}',
  ListParser: 'a, b',
  EnumParser: 'yes',
  BooleanParser: 'yes',
  NumberParser: '7',
  SelectionParser: '[1]',
  XmlParser: '<a>b</a>',
  MarkdownSectionsParser: '# x\n\ny',
  MarkdownTableParser: '| x |\n|---|\n| 1 |',
  CodeBlocksParser: '```ts\n1\n```',
};

fuzz('packages/toolkit', [
  ...Object.entries(parsers).map(([name, make]) =>
    call(
      name,
      () => [settings[name]!(), texts[name]!] as [never, string],
      (options, text) => make(options).parse(text),
    ),
  ),
  call(
    'withRateLimit',
    () =>
      [
        llm(),
        { requestsPerMinute: 1000, tokensPerMinute: 100_000, concurrency: 3 },
        {},
        messages(),
        asked(),
      ] as [Llm, object, object, ChatInput, ChatOptions],
    async (model, limits, options, input, given) => {
      const limited = toolkit.withRateLimit(model, limits, options);
      await limited.chat(input, given);
      await limited.streamChat(input, given).final();
    },
  ),
  call(
    'withBudget',
    () =>
      [llm(), { maxTokens: 10_000 }, { estimateTokens: () => 3 }, messages(), asked()] as [
        Llm,
        { maxTokens: number },
        object,
        ChatInput,
        ChatOptions,
      ],
    async (model, limit, options, input, given) => {
      const bounded = toolkit.withBudget(model, limit, options);
      await bounded.chat(input, given);
      await bounded.streamChat(input, given).final();
    },
  ),
  call(
    'withFallback',
    () =>
      [llm(), [llm()], { when: () => true, health: toolkit.modelHealth() }, messages(), asked()] as [
        Llm,
        Llm[],
        object,
        ChatInput,
        ChatOptions,
      ],
    async (first, others, options, input, given) => {
      const model = toolkit.withFallback(first, others, options);
      await model.chat(input, given);
      await model.streamChat(input, given).final();
    },
  ),
  call(
    'withDefaults',
    () =>
      [
        llm(),
        { temperature: 0, maxOutputTokens: 5, providerOptions: { p: { a: 1 } } },
        messages(),
        asked(),
      ] as [Llm, object, ChatInput, ChatOptions],
    async (model, defaults, input, given) => {
      const wrapped = toolkit.withDefaults(model, defaults);
      await wrapped.chat(input, given);
      await toolkit.withCache(wrapped, new MemoryKeyValueStore()).streamChat(input, given).final();
    },
  ),
  call(
    'modelHealth',
    () =>
      [{ failures: 1, baseRestMs: 10, maxRestMs: 100, key: () => 'm', now: () => 5 }, llm()] as [
        toolkit.ModelHealthOptions,
        Llm,
      ],
    (options, model) => {
      const health = toolkit.modelHealth(options);
      health.enter(model)?.failed(new Error('x'));
      health.enter(model, true)?.succeeded();
      return health.stateOf(model);
    },
  ),
  call(
    'withCache',
    () =>
      [llm(), new MemoryKeyValueStore(), { ttlMs: 1000, scope: 's' }, messages(), asked()] as [
        Llm,
        MemoryKeyValueStore,
        object,
        ChatInput,
        ChatOptions,
      ],
    async (model, store, options, input, given) => {
      const cached = toolkit.withCache(model, store, options);
      await cached.chat(input, given);
      await cached.streamChat(input, given).final();
    },
  ),
  call(
    'runTools',
    () =>
      [
        llm(),
        messages(),
        {
          ...chatOptions(),
          toolChoice: undefined,
          tools: [
            toolkit.tool({
              name: 'f',
              description: 'x',
              parameters: { type: 'object' },
              execute: () => 'ok',
            }),
          ],
          approve: () => true,
          onEvent: () => undefined,
        },
      ] as never as [Llm, ChatInput, toolkit.RunToolsOptions],
    (model, input, options) => toolkit.runTools(model, input, options),
  ),
  call(
    'toolsStateFromJson',
    () => [state()] as [unknown],
    (kept) => toolkit.toolsStateFromJson(kept),
  ),
  call(
    'runTools, of a state',
    () => [llm(), state()] as [Llm, toolkit.ToolsState],
    (model, kept) => toolkit.runTools(model, kept, { tools: [] }),
  ),
  call(
    'structured',
    () =>
      [llm(), schema(), messages(), { maxRepairs: 1, ...asked() }] as [
        Llm,
        ReturnType<typeof schema>,
        ChatInput,
        object,
      ],
    (model, shape, input, options) => toolkit.structured(model, shape, input, options),
  ),
  call(
    'structuredStream',
    () => [llm(), messages(), { maxRepairs: 1, ...asked() }] as [Llm, ChatInput, object],
    (model, input, options) => toolkit.structuredStream(model, schema(), input, options),
  ),
  call(
    'fitMessages',
    () =>
      [
        messages(),
        {
          maxTokens: 100,
          tokenizer: { name: 't', count: (text: string) => text.length },
          countMessage: () => 3,
        },
      ] as never as [never, toolkit.FitMessagesOptions],
    (list, options) => toolkit.fitMessages(list, options),
  ),
  call(
    'createBudget',
    () => [{ maxCost: 1, prices: { input: 1, output: 2, cachedInput: 1 } }] as [toolkit.BudgetOptions],
    (options) => toolkit.createBudget(options),
  ),
  call(
    'createBudget, prices by model',
    () =>
      [
        { maxCost: 1, prices: { m: { input: 1, output: 2, reasoning: 3 } }, per: 'call' },
        { inputTokens: 1, outputTokens: 2 },
      ] as [toolkit.BudgetOptions, object],
    (options, usage) => {
      const budget = toolkit.createBudget(options);
      budget.reserve(budget.costOf(usage, { provider: 'p', model: 'm' }) ?? 0)(1);
    },
  ),
  call(
    'costOf',
    () =>
      [
        {
          provider: 'p',
          model: 'm-2025-01-01',
          usage: { inputTokens: 3, cachedInputTokens: 1, outputTokens: 2 },
        },
        { m: { input: 1, output: 2, cachedInput: 0.1 } },
      ] as [toolkit.Priced, toolkit.Prices],
    (response, prices) => toolkit.costOf(response, prices),
  ),
  call(
    'createRateLimiter',
    () => [{ requestsPerMinute: 10, concurrency: 1 }] as [object],
    (options) => toolkit.createRateLimiter(options),
  ),
  call(
    'prompt',
    () => ['{a} and {b}', { defaults: { b: 'x' } }, { a: ['y', 1] }] as [string, object, object],
    (template, options, values) => toolkit.prompt(template, options as never).format(values as never),
  ),
  call(
    'quantizeInt8',
    () => [[1, 0.5]] as [number[]],
    (vector) => toolkit.dequantizeInt8(toolkit.quantizeInt8(vector)),
  ),
  call(
    'int8Similarity',
    () =>
      [toolkit.quantizeInt8([1, 2]), toolkit.quantizeInt8([1, 2])] as [
        toolkit.Int8Vector,
        toolkit.Int8Vector,
      ],
    (a, b) => toolkit.int8Similarity(a, b, 'dot'),
  ),
  call(
    'hammingDistance',
    () => [new Uint8Array([1]), new Uint8Array([2])] as [Uint8Array, Uint8Array],
    (a, b) => toolkit.hammingDistance(a, b),
  ),
  call(
    'shorten',
    () => [[1, 2, 3], 2] as [number[], number],
    (vector, dimensions) => toolkit.shorten(vector, dimensions),
  ),
  call(
    'JsonParser.stream',
    () => [() => streamOf(['{"a"', ': 1}'])] as [() => AsyncIterable<string>],
    (chunks) => new toolkit.JsonParser().stream(lazily(chunks)),
    true,
  ),
  call(
    'withEmbeddingCache',
    () =>
      [new HashEmbedding({ dimensions: 2 }), new MemoryKeyValueStore(), ['a', 'b']] as [
        HashEmbedding,
        MemoryKeyValueStore,
        string[],
      ],
    (model, store, list) => toolkit.withEmbeddingCache(model, store).embedTexts(list),
  ),
]);
