import * as core from '@mortise/core';
import { canonicalJson } from '@mortise/core/shared';
import * as schemaRoom from '@mortise/core/schema';
import * as storeRoom from '@mortise/core/store';
import { HashEmbedding, ScriptedLLM } from '@mortise/core/testing';
import { call, fuzz } from './fuzz.ts';
import {
  Completes,
  embeddingParts,
  Embeds,
  Finds,
  lazily,
  llmParts,
  Parses,
  Ranks,
  Reads,
  Says,
  streamOf,
  vectorNode,
} from './parts.ts';

const message = (): core.ChatMessage[] => [
  { role: 'system', content: 'Be short.' },
  { role: 'user', content: [{ type: 'text', text: 'What is it?' }] },
  {
    role: 'assistant',
    content: [
      { type: 'text', text: 'A call.', citations: [{ type: 'citation', quote: 'a', source: 0 }] },
      { type: 'tool-call', id: 'a', name: 'find', arguments: { q: 'x' } },
    ],
  },
  { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'a', content: 'found' }] },
  {
    role: 'user',
    content: [
      { type: 'image', source: { data: new Uint8Array([1]), mediaType: 'image/png' } },
      { type: 'text', text: 'And?' },
    ],
  },
];

fuzz('packages/core', [
  call(
    'BaseLLM.chat',
    () => llmParts(),
    (parts, input, options) => new Says(parts).chat(input, options),
  ),
  call(
    'BaseLLM.streamChat',
    () => llmParts(),
    (parts, input, options) => new Says(parts).streamChat(input, options),
  ),
  call(
    'BaseLLM.complete',
    () => llmParts(),
    (parts, _input, options) => new Says(parts).complete('q', options),
  ),
  call(
    'BaseLLM.complete of a prompt',
    () => ['q', {}] as [string, object],
    (prompt, options) => new Says(llmParts()[0]).complete(prompt, options),
  ),
  call(
    'BaseLLM.streamComplete',
    () => ['q', llmParts()[2]] as [string, core.ChatOptions],
    (prompt, options) => new Says(llmParts()[0]).streamComplete(prompt, options),
  ),
  call(
    'BaseLLM.toReadableStream',
    () => llmParts(),
    async (parts, input, options) => {
      for await (const _event of new Says(parts)
        .streamChat(input, options)
        .toReadableStream() as never as AsyncIterable<unknown>);
    },
  ),
  call(
    'CustomLLM.chat',
    () => llmParts('text'),
    (parts, input, options) => new Completes(parts).chat(input, options),
  ),
  call(
    'CustomLLM.streamChat',
    () => llmParts('text'),
    (parts, input, options) => new Completes(parts).streamChat(input, options),
  ),
  call(
    'ScriptedLLM.chat',
    () =>
      [{ replies: ['a', [{ type: 'text', text: 'b' }]], metadata: {}, usage: { inputTokens: 1 } }] as [
        ConstructorParameters<typeof ScriptedLLM>[0],
      ],
    async (options) => {
      const llm = new ScriptedLLM(options);
      await llm.chat('q');
      await llm.streamChat('q').final();
    },
  ),
  call(
    'BaseEmbedding.embedTexts',
    () => embeddingParts(),
    (parts, texts, options) => new Embeds(parts).embedTexts(texts, options),
  ),
  call(
    'BaseEmbedding.embedStream',
    () => embeddingParts(),
    (parts, texts, options) => new Embeds(parts).embedStream(texts, options),
  ),
  call(
    'BaseEmbedding.embedQuery',
    () => embeddingParts(),
    (parts, texts, options) => new Embeds(parts).embedQuery(texts[0]!, options),
  ),
  call(
    'BaseEmbedding.embedText',
    () => ['a', {}] as [string, object],
    (one, options) => new HashEmbedding().embedText(one, options),
  ),
  call(
    'HashEmbedding',
    () =>
      [
        {
          dimensions: 4,
          maxBatchSize: 2,
          retry: false,
          concurrency: 1,
          tokenizer: { ...core.estimateTokenizer },
        },
      ] as [object],
    (options) => new HashEmbedding(options).embedTexts(['a', 'b', 'c']),
  ),
  call(
    'embedQueries',
    () =>
      [
        new HashEmbedding({ dimensions: 3 }),
        ['a', 'b'],
        { aggregate: (all: readonly Float32Array[]) => all[0]!, concurrency: 2 },
      ] as [HashEmbedding, string[], object],
    (model, queries, options) => core.embedQueries(model, queries, options),
  ),
  call(
    'BaseReranker.rerank',
    () =>
      [
        {
          provider: 'p',
          model: 'm',
          name: 'n',
          retry: false as const,
          metadata: { maxDocuments: 2, comparableScores: true },
          rank: async (request: { documents: readonly string[] }) => ({
            results: request.documents.map((_, index) => ({ index, score: 1 - index / 10 })),
            usage: { inputTokens: 1, searchUnits: 1 },
          }),
        },
        'q',
        ['a', 'b', 'c'],
        { topN: 2, signal: new AbortController().signal, providerOptions: { p: { a: 1 } }, parent: 'x' },
      ] as const as never as [ConstructorParameters<typeof Ranks>[0], string, string[], core.RerankOptions],
    (parts, query, documents, options) => new Ranks(parts).rerank(query, documents, options),
  ),
  call(
    'BaseRetriever.retrieve',
    () =>
      [
        {
          retry: false as const,
          maxDepth: 3,
          concurrency: 2,
          name: 'finds',
          objects: { target: vectorNode('t') },
          find: async () => [
            { node: vectorNode('a'), score: 1 },
            {
              node: core.createIndexNode({ id: 'i', text: 'i', indexId: 'target' }),
              score: 0.5,
              evidence: { bm25: 1 },
            },
          ],
        },
        { query: 'q', embedding: Float32Array.of(1, 0) },
        {
          topK: 3,
          filters: { key: 'a', op: '==', value: 1 },
          signal: new AbortController().signal,
          deadlineMs: 1000,
        },
      ] as never as [ConstructorParameters<typeof Finds>[0], core.QueryInput, core.RetrieveOptions],
    (parts, query, options) => new Finds(parts).retrieve(query, options),
  ),
  call(
    'BaseReader.read',
    () =>
      [
        {
          list: async () => [{ id: 'a', version: '1' }, { id: 'b' }],
          read: async ({ id }: { id: string }) => core.createDocument({ id, text: 'a' }),
        },
        {
          signal: new AbortController().signal,
          skip: async () => false,
          onError: () => undefined,
          onProgress: () => undefined,
        },
      ] as never as [ConstructorParameters<typeof Reads>[0], core.ReadOptions],
    (parts, options) => new Reads(parts).read(options),
  ),
  call(
    'BaseOutputParser.parse',
    () =>
      [
        { read: async (given: string) => ({ given }), instructions: () => 'Say.' },
        'a text',
        { signal: new AbortController().signal, parent: 'p' },
      ] as never as [ConstructorParameters<typeof Parses>[0], string, core.ParseOptions],
    (parts, given, options) => new Parses(parts).parse(given, options),
  ),
  call(
    'BaseOutputParser.stream',
    () =>
      [
        { read: async (given: string) => ({ given }), instructions: () => 'Say.' },
        () => streamOf(['a', 'b']),
        { signal: new AbortController().signal },
      ] as never as [ConstructorParameters<typeof Parses>[0], () => AsyncIterable<string>, core.ParseOptions],
    (parts, chunks, options) => new Parses(parts).stream(lazily(chunks), options),
    true,
  ),
  call(
    'BaseOutputParser.format',
    () =>
      [{ read: async (given: string) => ({ given }), instructions: () => 'Say.' }, message()] as never as [
        ConstructorParameters<typeof Parses>[0],
        core.ChatMessage[],
      ],
    (parts, input) => new Parses(parts).format(input),
  ),
  call(
    'MemoryKeyValueStore',
    () =>
      [
        { maxBytes: 10_000 },
        'k',
        { a: [1, 'x'] },
        { ttlMs: 1000, namespace: 'n', signal: new AbortController().signal },
      ] as never as [object, string, storeRoom.StoreValue, storeRoom.SetOptions],
    async (settings, key, value, options) => {
      const store = new storeRoom.MemoryKeyValueStore(settings);
      await store.set(key, value, options);
      await store.get(key, options);
      await store.setMany([[key, value]], options);
      await store.getMany([key, 'other'], options);
      for await (const _entry of store.iterate(options));
      await store.delete(key, options);
    },
  ),
  call(
    'MemoryKeyValueStore, many',
    () =>
      [
        [
          ['k', 1],
          ['l', new Uint8Array([1])],
        ],
        ['k', 'l'],
      ] as never as [storeRoom.StoreEntry[], string[]],
    async (entries, keys) => {
      const store = new storeRoom.MemoryKeyValueStore();
      await store.setMany(entries);
      await store.getMany(keys);
    },
  ),
  call(
    'createServiceContext',
    () =>
      [
        { llm: new ScriptedLLM({ replies: [] }), own: 1 },
        { embedding: new HashEmbedding() },
        'own',
      ] as never as [object, object, string],
    (parts, more, name) => {
      type Parts = { readonly [name: string]: unknown };
      const first = core.createServiceContext<Parts>(parts as Parts);
      const context = first.with<Parts>(more as Parts);
      return context.has(name) ? context.get(name as never) : undefined;
    },
  ),
  call(
    'messagesToJson',
    () => [message()] as [core.ChatMessage[]],
    (messages) => core.messagesFromJson(core.messagesToJson(messages)),
  ),
  call(
    'messagesFromJson',
    () => [core.messagesToJson(message())] as [unknown],
    (json) => core.messagesFromJson(json),
  ),
  call(
    'messagesToPrompt',
    () =>
      [message().slice(0, 2), { describe: () => '[image]', warn: () => undefined }] as [
        core.ChatMessage[],
        object,
      ],
    (messages, options) => core.messagesToPrompt(messages, options),
  ),
  call(
    'estimateInputTokens',
    () =>
      [message(), { tools: [{ name: 'a', description: 'b', parameters: { type: 'object' } }] }] as [
        core.ChatMessage[],
        object,
      ],
    (messages, options) => core.estimateInputTokens(messages, options),
  ),
  call(
    'createDocument',
    () => [{ id: 'd', text: 'a', metadata: { a: 1 }, item: 'i' }] as never as [core.NodeInput],
    (input) => core.createDocument(input),
  ),
  call(
    'createTextNode',
    () => [{ id: 'd', text: 'a', metadata: { a: 1 } }] as never as [core.NodeInput],
    (input) => core.nodeHash(core.createTextNode(input)),
  ),
  call(
    'nodeText',
    () => [vectorNode('a'), 'embed'] as [core.TextNode, 'embed'],
    (node, mode) => core.nodeText(node, mode),
  ),
  call(
    'nodeHash',
    () => [vectorNode('a')] as [core.TextNode],
    (node) => core.nodeHash(node),
  ),
  call(
    'nodeToJson',
    () => [vectorNode('a')] as [core.TextNode],
    (node) => core.nodeFromJson(core.nodeToJson(node)),
  ),
  call(
    'nodeFromJson',
    () => [core.nodeToJson(vectorNode('a'))] as [never],
    (json) => core.nodeFromJson(json),
  ),
  call(
    'dedupeNodes',
    () =>
      [
        [
          { node: vectorNode('a'), score: 1 },
          { node: vectorNode('b'), score: 0 },
        ],
      ] as [core.NodeWithScore[]],
    (results) => core.dedupeNodes(results),
  ),
  call(
    'similarity',
    () => [[1, 2], Float32Array.of(1, 2), 'cosine'] as [number[], Float32Array, 'cosine'],
    (a, b, mode) => core.similarity(a, b, mode),
  ),
  call(
    'maximalMarginalRelevance',
    () =>
      [
        [
          { similarity: 1, embedding: Float32Array.of(1) },
          { similarity: 0.5, embedding: Float32Array.of(2) },
        ],
        2,
        0.5,
      ] as [{ similarity: number; embedding: Float32Array }[], number, number],
    (candidates, topK, lambda) => storeRoom.maximalMarginalRelevance(candidates, topK, lambda),
  ),
  call(
    'vectorToBytes',
    () => [Float32Array.of(1, 2)] as [Float32Array],
    (vector) => core.bytesToVector(core.vectorToBytes(vector)),
  ),
  call(
    'matchesFilter',
    () =>
      [
        { a: 1, b: ['x'] },
        { and: [{ key: 'a', op: '==', value: 1 }, { not: { key: 'b', op: 'any', value: ['x'] } }] },
      ] as never as [core.JsonObject, storeRoom.MetadataFilter],
    (metadata, filter) => storeRoom.matchesFilter(metadata, filter),
  ),
  call(
    'checkVectorQuery',
    () =>
      [
        { topK: 2, mode: 'dense', embedding: Float32Array.of(1), filter: { key: 'a', op: '==', value: 1 } },
        { modes: ['dense'], operators: ['=='], dimensions: 1 },
      ] as never as [storeRoom.VectorQuery, storeRoom.VectorStoreSupport],
    (query, support) => storeRoom.checkVectorQuery(query, support),
  ),
  call(
    'canonicalJson',
    () => [{ b: [1, null, 'x'], a: { c: true } }] as [unknown],
    (value) => canonicalJson(value),
  ),
  call(
    'delimited',
    () => ['a text', 'source', ['beside']] as [string, string, string[]],
    (given, label, beside) => core.delimited(given, label, beside),
  ),
  call(
    'strictSchema',
    () =>
      [
        {
          type: 'object',
          properties: {
            a: { type: ['string', 'null'], enum: ['a'] },
            b: { anyOf: [{ type: 'number' }, { $ref: '#/$defs/c' }] },
          },
          required: ['a'],
          $defs: { c: { type: 'array', items: { type: 'string' } } },
        },
      ] as [core.JsonSchema],
    (schema) => {
      schemaRoom.strictSchema(schema, schemaRoom.openaiDialect);
      schemaRoom.fitSchema(schema, schemaRoom.anthropicDialect, 'strict-tool');
      return schemaRoom.objectSchema(schema);
    },
  ),
  call(
    'subscribe',
    () => [() => undefined, { captureContent: true }] as [() => void, object],
    async (subscriber, options) => {
      const stop = core.subscribe(subscriber, options);
      try {
        await new ScriptedLLM({ replies: ['a'] }).chat('q');
      } finally {
        stop();
      }
    },
  ),
  call(
    'estimateTokenizer.count',
    () => ['a text'] as [string],
    (given) => core.estimateTokenizer.count(given),
  ),
]);
