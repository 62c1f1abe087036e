import {
  BaseEmbedding,
  BaseLLM,
  BaseOutputParser,
  BaseReader,
  BaseReranker,
  BaseRetriever,
  checkOptions,
  createTextNode,
  CustomLLM,
  MortiseError,
  type ChatInput,
  type ChatOptions,
  type ChatReply,
  type ChatRequest,
  type EmbedManyOptions,
  type EmbedReply,
  type LLMMetadata,
  type StreamBatch,
  type TextNode,
} from '@mortise/core';

/** Classes of an author, whose hooks are given to them: what those return may be spoilt like any argument. */
type Parts = Record<string, (...args: unknown[]) => unknown> & ConstructorParameters<typeof BaseLLM>[0];

export class Says extends BaseLLM {
  readonly #parts: Parts;
  override doStream?: (request: ChatRequest) => AsyncIterable<StreamBatch>;

  constructor(parts: unknown) {
    super(parts as Parts);
    this.#parts = parts as Parts;
    if (typeof this.#parts['stream'] === 'function')
      this.doStream = () => this.#parts['stream']!() as AsyncIterable<StreamBatch>;
  }

  get metadata(): LLMMetadata {
    return this.#parts['metadata'] as unknown as LLMMetadata;
  }

  async doGenerate(): Promise<ChatReply> {
    return this.#parts['reply']!() as ChatReply;
  }
}

export class Completes extends CustomLLM {
  readonly #parts: Parts;

  constructor(parts: unknown) {
    super(parts as Parts);
    this.#parts = parts as Parts;
  }

  get metadata(): LLMMetadata {
    return this.#parts['metadata'] as unknown as LLMMetadata;
  }

  async doComplete(): Promise<string> {
    return this.#parts['completes']!() as string;
  }
}

export const image = () => ({ type: 'image' as const, source: { data: 'aa', mediaType: 'image/png' } });

export function llmParts(media: 'image' | 'text' = 'image'): [object, ChatInput, ChatOptions] {
  const finish = {
    finishReason: { unified: 'stop', raw: 'stop' },
    usage: { inputTokens: 3, outputTokens: 2 },
  };
  const parts = {
    provider: 'p',
    model: 'm',
    name: 'server',
    retry: { maxAttempts: 1, baseDelayMs: 1, maxDelayMs: 2 },
    timeoutMs: 200,
    deadlineMs: 400,
    maxReplyBytes: 1_000,
    limiter: { acquire: async () => ({ release: () => undefined }) },
    callIds: { characters: 'word', maxLength: 20 },
    metadata: {
      isChatModel: true,
      contextWindow: 1_000,
      capabilities: { tools: true, streaming: true, caching: false, inputModalities: ['text', 'image'] },
    },
    reply: async () => ({
      ...finish,
      content: [
        { type: 'reasoning', text: 'hm', signature: 's' },
        { type: 'text', text: 'yes', citations: [{ type: 'citation', url: 'u' }] },
        { type: 'tool-call', id: 'c', name: 'find', arguments: { q: 1 } },
      ],
      providerMetadata: { p: { a: 1 } },
      id: 'r',
      model: 'm-1',
      warnings: [{ type: 'other', message: 'w' }],
    }),
    async *stream() {
      yield { type: 'start', id: 'r', model: 'm-1' };
      yield { type: 'text-delta', index: 0, delta: 'yes' };
      yield [
        { type: 'tool-call-start', index: 1, id: 'c', name: 'find' },
        { type: 'tool-call-delta', index: 1, delta: '{}' },
        { type: 'citation', index: 0, citation: { type: 'citation', url: 'u' } },
      ];
      yield { type: 'block', index: 2, block: { type: 'reasoning', text: 'hm' } };
      yield { type: 'usage', usage: { inputTokens: 1 } };
      yield { type: 'finish', ...finish };
    },
    completes: async () => ({ text: 'yes', ...finish }),
  };
  const input: ChatInput = [
    { role: 'system', content: 'Be short.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is it?' },
        { type: 'cache-point' },
        ...(media === 'image' ? [image()] : []),
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'x', signature: 'y', owner: 'p' },
        { type: 'tool-call', id: 'a', name: 'find', arguments: { q: 'x' }, owner: 'other' },
      ],
    },
    {
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId: 'a', content: [{ type: 'text', text: 'f' }] }],
    },
  ];
  return [parts, input, chatOptions()];
}

export function chatOptions(): ChatOptions {
  return {
    tools: [
      {
        name: 'find',
        description: 'Finds.',
        parameters: { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] },
        strict: true,
      },
    ],
    toolChoice: { tool: 'find' },
    responseFormat: { type: 'text' },
    temperature: 0.5,
    topP: 0.9,
    maxOutputTokens: 20,
    stop: ['END'],
    seed: 1,
    reasoning: { effort: 'low', budgetTokens: 1_024 },
    strict: false,
    providerOptions: { p: { a: { b: 1 } } },
    signal: new AbortController().signal,
    timeoutMs: 200,
    deadlineMs: 400,
    parent: 'x',
  };
}

export class Embeds extends BaseEmbedding {
  readonly metadata;
  readonly #parts: EmbeddingParts;

  constructor(parts: EmbeddingParts) {
    super(parts as never);
    this.#parts = checkOptions(parts);
    this.metadata = this.#parts.metadata;
  }

  override async doEmbed(inputs: readonly string[]): Promise<EmbedReply> {
    return this.#parts.embed(inputs);
  }
}

export interface EmbeddingParts {
  readonly metadata: { maxBatchSize: number; asymmetric: boolean };
  embed(inputs: readonly string[]): Promise<EmbedReply>;
}

export function embeddingParts(): [EmbeddingParts, string[], EmbedManyOptions] {
  const parts = {
    provider: 'p',
    model: 'm',
    retry: false,
    concurrency: 2,
    tokenizer: { name: 't', count: (given: string) => given.length },
    metadata: {
      maxBatchSize: 2,
      maxBatchTokens: 100,
      maxBatchBytes: 1_000,
      dimensions: 2,
      asymmetric: false,
    },
    embed: async (inputs: readonly string[]) => ({
      embeddings: inputs.map((_, index) => ({ index, embedding: [1, index] })),
      usage: { inputTokens: 2 },
      providerMetadata: { p: { a: 1 } },
    }),
  };
  const options: EmbedManyOptions = {
    kind: 'query',
    concurrency: 2,
    dimensions: 2,
    onProgress: () => undefined,
    onBatch: async () => undefined,
    providerOptions: { p: { a: 1 } },
    signal: new AbortController().signal,
    timeoutMs: 200,
    deadlineMs: 400,
  };
  return [parts, ['a', 'b', 'c', 'a'], options];
}

type Hook = (...args: never[]) => never;

export class Ranks extends BaseReranker {
  readonly metadata;
  readonly #rank: Hook;

  constructor(parts: { metadata: never; rank: Hook }) {
    super(parts as never);
    const { metadata, rank } = checkOptions(parts);
    this.metadata = metadata;
    this.#rank = rank;
  }

  override async doRerank(request: never): Promise<never> {
    return this.#rank(request);
  }
}

export class Finds extends BaseRetriever {
  readonly #find: Hook;
  override readonly supportsFilters = true;

  constructor(parts: { find: Hook }) {
    super(parts as never);
    this.#find = checkOptions(parts).find;
  }

  override async doRetrieve(query: unknown, asked: unknown): Promise<never> {
    return this.#find(query as never, asked as never);
  }
}

export class Reads extends BaseReader {
  readonly #parts: { list: Hook; read: Hook };

  constructor(parts: { list: Hook; read: Hook }) {
    super();
    this.#parts = checkOptions(parts);
  }

  override doList(asked: unknown): never {
    return hook(this.#parts.list)(asked as never);
  }

  override doRead(item: unknown, asked: unknown): never {
    return hook(this.#parts.read)(item as never, asked as never);
  }
}

export class Parses extends BaseOutputParser<unknown> {
  readonly #parts: { read: Hook; instructions: Hook };

  constructor(parts: { read: Hook; instructions: Hook }) {
    super();
    this.#parts = checkOptions(parts);
  }

  override instructions(): string {
    return hook(this.#parts.instructions)();
  }

  override doParse(given: string): unknown {
    return hook(this.#parts.read)(given as never);
  }
}

export function vectorNode(id: string): TextNode {
  return createTextNode({
    id,
    text: `text of ${id}`,
    metadata: { a: 1, list: ['x', { y: 2 }] },
    relationships: { source: { id: 'doc' } },
    excludedEmbedMetadataKeys: ['list'],
    embedding: Float32Array.of(1, 0),
  });
}

export async function* streamOf<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

export function isAsyncIterable(value: unknown): boolean {
  try {
    return typeof (value as AsyncIterable<unknown>)[Symbol.asyncIterator] === 'function';
  } catch {
    return false;
  }
}

/** A hook that is none is what the compiler refuses to its author. */
function hook(of: unknown): Hook {
  if (typeof of === 'function') return of as Hook;
  throw new MortiseError('configuration', 'The hook is no function.');
}

function isCallable(make: unknown): make is () => unknown {
  return typeof make === 'function' && !Function.prototype.toString.call(make).startsWith('class');
}

/** The items of what `make` gives, which is called when they are read: what it throws is the source's. */
export function lazily<T>(make: () => AsyncIterable<T> | Promise<AsyncIterable<T>>): AsyncIterable<T> {
  return {
    async *[Symbol.asyncIterator]() {
      const items: unknown = isCallable(make) ? make() : undefined;
      if (items instanceof Promise) await items;
      if (isAsyncIterable(items)) yield* items as AsyncIterable<T>;
    },
  };
}
