import { HashEmbedding, ScriptedLLM } from '@mortise/core/testing';
import {
  fromLangChain,
  toLangChain,
  type LangChainDocument,
  type LangChainMessageLike,
} from '@mortise/langchain';
import type { ChatMessage, Node } from '@mortise/core';
import { call, fuzz } from './fuzz.ts';

const reply = () => ({
  id: 'r',
  content: [
    { type: 'thinking', thinking: 'hm', signature: 'c2ln' },
    { type: 'text', text: 'yes', annotations: [{ type: 'citation', url: 'u' }] },
    { type: 'tool_use', id: 'c1', name: 'f', input: { a: 1 } },
    { type: 'image', source_type: 'base64', data: 'aGk=', mime_type: 'image/png' },
  ],
  tool_calls: [{ id: 'c1', name: 'f', args: { a: 1 } }],
  invalid_tool_calls: [{ id: 'c2', name: 'g', args: '{' }],
  usage_metadata: {
    input_tokens: 3,
    output_tokens: 2,
    total_tokens: 5,
    input_token_details: { cache_read: 1 },
  },
  additional_kwargs: { stop_reason: 'tool_use', signatures: ['s'] },
  response_metadata: { finish_reason: 'tool_calls', model_name: 'm' },
});
const chunks = () => [
  { id: 'r', content: 'ye', additional_kwargs: { reasoning_content: 'h' } },
  { content: [{ type: 'text', text: 's', index: 1 }], usage_metadata: { input_tokens: 3 } },
  { content: '', tool_call_chunks: [{ id: 'c1', name: 'f', args: '{"a":1}', index: 0 }] },
  { content: '', response_metadata: { finish_reason: 'tool_calls' } },
];
const model = (given: { reply?: unknown; chunks?: readonly unknown[] }) => ({
  invoke: async () => given.reply,
  stream: async () =>
    (async function* () {
      yield* given.chunks ?? [];
    })(),
  bindTools: () => model(given),
  _llmType: () => 'double',
  _modelType: () => 'base_chat_model',
});
const document = (): LangChainDocument => ({ pageContent: 't', metadata: { a: [1, { b: null }] }, id: 'd' });
const turns = (): ChatMessage[] => [
  { role: 'system', content: 's' },
  { role: 'user', content: [{ type: 'document', source: { text: 't' }, title: 'T' }], name: 'n' },
  { role: 'assistant', content: [{ type: 'tool-call', id: 'c', name: 'f', arguments: { a: 1 } }] },
  { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'c', content: 'r', isError: true }] },
];
const theirs = (): LangChainMessageLike[] => [
  { type: 'human', content: 'q' },
  { ...reply(), type: 'ai' },
  { type: 'tool', content: 'r', tool_call_id: 'c1', status: 'error' } as LangChainMessageLike,
];
const parts = () => ({
  BaseChatModel: class {} as unknown as abstract new (fields: never) => {
    _generate(messages: unknown[], options: object): Promise<unknown>;
  },
  AIMessageChunk: class {},
  ChatGenerationChunk: class {},
  convertToOpenAITool: (tool: never): unknown => tool,
});
const retry = { retry: false } as const;

fuzz('integrations/langchain', [
  call(
    'fromLangChain(model).chat',
    () => [reply(), { stop: ['x'], providerOptions: { langchain: { tags: ['a'] } } }] as [object, object],
    (given, options) => fromLangChain(model({ reply: given }), retry).chat('q', options),
  ),
  call(
    'fromLangChain(model).streamChat',
    () => [chunks()] as [object[]],
    (given) =>
      fromLangChain(model({ chunks: given }), retry)
        .streamChat('q')
        .final(),
  ),
  call(
    'fromLangChain(model), its options and its messages',
    () =>
      [{ model: 'm', metadata: { contextWindow: 9 }, saysWhyItEnds: true, ...retry }, turns()] as [
        object,
        ChatMessage[],
      ],
    (options, messages) => fromLangChain(model({ reply: { content: 'y' } }), options).chat(messages),
  ),
  call(
    'fromLangChain(messages)',
    () => [theirs()] as [LangChainMessageLike[]],
    (given) => fromLangChain(given),
  ),
  call(
    'toLangChain(messages)',
    () => [turns()] as [ChatMessage[]],
    (given) => toLangChain(given),
  ),
  call(
    'fromLangChain(documents)',
    () =>
      [[document(), { pageContent: 'u', metadata: { 'mortise:node': '{"type":"text"}' } }]] as [
        LangChainDocument[],
      ],
    (given) => fromLangChain(given),
  ),
  call(
    'toLangChain(nodes)',
    () =>
      [[{ type: 'text', id: 'a', text: 't', metadata: { a: 1 }, embedding: Float32Array.of(1) }]] as [Node[]],
    (given) => toLangChain(given),
  ),
  call(
    'fromLangChain(embeddings)',
    () => [{ maxBatchSize: 2 }, [[1], [2], [3]]] as [object, number[][]],
    (metadata, rows) =>
      fromLangChain(
        {
          embedQuery: async () => rows[0] as number[],
          embedDocuments: async (texts: string[]) => rows.slice(0, texts.length),
        },
        { metadata, ...retry },
      ).embedTexts(['a', 'b']),
  ),
  call(
    'fromLangChain(retriever)',
    () => [[document()], { topK: 1 }] as [LangChainDocument[], object],
    (found, options) => {
      const give = async () => found;
      return fromLangChain({ invoke: give, _getRelevantDocuments: give }).retrieve('q', options);
    },
  ),
  call(
    'fromLangChain(store)',
    () =>
      [
        [[document(), 1]],
        [{ node: { type: 'document', id: 'a', text: 't', metadata: {} }, embedding: Float32Array.of(1) }],
      ] as [[LangChainDocument, number][], never],
    async (found, entries) => {
      const nothing = async () => undefined;
      const store = fromLangChain({
        addVectors: nothing,
        delete: nothing,
        similaritySearchVectorWithScore: async () => found,
      });
      await store.upsert(entries);
      await store.query({ embedding: Float32Array.of(1), topK: 1 });
    },
  ),
  call(
    'fromLangChain(splitter)',
    () => [['a', 'b'], [{ type: 'document', id: 'd', text: 'ab', metadata: { k: 1 } }]] as [string[], Node[]],
    (texts, nodes) =>
      fromLangChain({ splitText: async () => texts, splitDocuments: async () => [] }).transform(nodes),
  ),
  call(
    'fromLangChain(tool)',
    () =>
      [{ type: 'object' }, { tool_call_id: 'c', content: [{ type: 'text', text: 't' }] }] as [object, object],
    (schema, result) =>
      fromLangChain({ name: 'f', description: 'd', schema, invoke: async () => result }).execute(
        {},
        { signal: new AbortController().signal, toolCallId: 'c', rawArguments: {} },
      ),
    // What a tool throws is the tool's.
    true,
  ),
  call(
    'toLangChain(llm)',
    () =>
      [
        theirs(),
        {
          stop: ['x'],
          tool_choice: 'f',
          tools: [{ type: 'function', function: { name: 'f', parameters: {} } }],
        },
      ] as [LangChainMessageLike[], object],
    (messages, options) =>
      toLangChain(new ScriptedLLM({ replies: () => 'y', ...retry }), parts())._generate(messages, options),
  ),
  call(
    'toLangChain(embedding)',
    () => [['a', 'b']] as [string[]],
    (texts) => toLangChain(new HashEmbedding({ dimensions: 2 })).embedDocuments(texts),
  ),
]);
