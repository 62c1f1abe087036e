import { toolCallBlock, type CallOptions, type LLM, type NodeWithScore } from '@mortise/core';
import type { QueryEngine } from '@mortise/core/query-engine';
import { MemoryKeyValueStore } from '@mortise/core/store';
import type { ResponseSynthesizer } from '@mortise/core/synthesizer';
import { ScriptedLLM } from '@mortise/core/testing';
import * as rag from '@mortise/rag';
import { runTools } from '@mortise/toolkit';
import { call, type Target } from './fuzz.ts';
import { asked, found, retriever, says } from './rag-parts.ts';

const writing = () => ({
  notFoundText: 'Nothing.',
  maxSourceTokens: 1_000,
  tokenizer: { name: 't', count: (text: string) => text.length },
  chat: { temperature: 0, maxOutputTokens: 20, providerOptions: { p: { a: 1 } } },
});
const llm = () => ({ llm: says('Tea is made of leaves [1].') });

function synthesizerTargets(
  name: string,
  own: () => object,
  make: (parts: never, options: never) => ResponseSynthesizer,
): Target[] {
  return [
    call(
      `${name}.synthesize`,
      () =>
        [llm(), own(), { query: 'q' }, found(), asked()] as [
          object,
          object,
          { query: string },
          NodeWithScore[],
          CallOptions,
        ],
      (parts, options, query, nodes, given) =>
        make(parts as never, options as never).synthesize(query, nodes, given),
    ),
    call(
      `${name}.streamSynthesize`,
      () =>
        [llm(), { query: 'q' }, found(), asked()] as [
          object,
          { query: string },
          NodeWithScore[],
          CallOptions,
        ],
      (parts, query, nodes, given) =>
        make(parts as never, own() as never).streamSynthesize(query, nodes, given),
    ),
  ];
}

function engineTargets(
  name: string,
  own: () => [object, object],
  make: (parts: never, options: never) => QueryEngine,
): Target[] {
  return [
    call(
      `${name}.query`,
      () =>
        [...own(), { query: 'q' }, { ...asked(), topK: 2 }] as never as [
          object,
          object,
          { query: string },
          CallOptions,
        ],
      (parts, options, query, given) => make(parts as never, options as never).query(query, given),
    ),
    call(
      `${name}.streamQuery`,
      () => [...own(), 'q', asked()] as [object, object, string, CallOptions],
      (parts, options, query, given) => make(parts as never, options as never).streamQuery(query, given),
    ),
  ];
}

const postprocessors = () => [{ postprocess: async () => found() }];
const engine = () => {
  const own = rag.createQueryEngine({ ...llm(), retriever: retriever() });
  return {
    query: async (...given: Parameters<QueryEngine['query']>) => own.query(...given),
    streamQuery: (...given: Parameters<QueryEngine['streamQuery']>) => own.streamQuery(...given),
  };
};
const engines = () => [
  { name: 'one', description: 'Of tea.', engine: engine() },
  { name: 'two', description: 'Of milk.', engine: engine() },
];

function chatTargets(
  name: string,
  own: () => [object, object],
  make: (parts: never, options: never) => rag.ChatEngine,
): Target[] {
  return [
    call(
      `${name}.chat`,
      () => [...own(), 'And milk?', asked()] as [object, object, string, CallOptions],
      async (parts, options, message, given) => {
        const chat = make(parts as never, options as never);
        await chat.chat(message, given);
        await chat.streamChat(message, given).final();
        await chat.history({ signal: given.signal });
        await chat.pending({ signal: given.signal });
        await chat.settle();
        await chat.discard();
        const turns = await chat.turns({ signal: given.signal });
        await chat.goTo(turns[0]?.id ?? '');
        await chat.chat(message, { ...given, edits: turns.at(-1)?.id });
        await chat.reset();
      },
    ),
    call(
      `${name} that is kept`,
      () => {
        const [parts, options] = own();
        const place = { store: new MemoryKeyValueStore(), key: 'k', namespace: 'n', singleWriter: true };
        const memory = { ...options, messages: undefined, persist: place };
        return [parts, memory, 'Hi'] as [object, object, string];
      },
      async (parts, memory, message) => {
        const chat = make(parts as never, memory as never);
        await chat.chat(message);
        await chat.history();
        await chat.reset();
      },
    ),
  ];
}

const messages = () => [
  { role: 'user', content: 'What is tea?' },
  { role: 'assistant', content: [{ type: 'text', text: 'Leaves.' }] },
];

export const answers: readonly Target[] = [
  ...synthesizerTargets('CitationSynthesizer', writing, (parts, o) => new rag.CitationSynthesizer(parts, o)),
  ...synthesizerTargets('CompactSynthesizer', writing, (parts, o) => new rag.CompactSynthesizer(parts, o)),
  ...synthesizerTargets('RefineSynthesizer', writing, (parts, o) => new rag.RefineSynthesizer(parts, o)),
  ...synthesizerTargets(
    'TreeSynthesizer',
    () => ({ ...writing(), maxSourceTokens: 60, fanIn: 2, concurrency: 2 }),
    (parts, o) => new rag.TreeSynthesizer(parts, o),
  ),
  ...synthesizerTargets('NoTextSynthesizer', writing, (_parts, o) => new rag.NoTextSynthesizer(o)),
  ...engineTargets(
    'RetrieverQueryEngine',
    () => [
      {},
      {
        retriever: retriever(),
        synthesizer: new rag.CitationSynthesizer(llm()),
        postprocessors: postprocessors(),
        topK: 2,
      },
    ],
    (_parts, options) => new rag.RetrieverQueryEngine(options),
  ),
  ...engineTargets(
    'createQueryEngine',
    () => [
      { ...llm(), retriever: retriever() },
      { ...writing(), postprocessors: postprocessors(), topK: 2 },
    ],
    (parts, options) => rag.createQueryEngine(parts, options),
  ),
  ...engineTargets(
    'createCitationQueryEngine',
    () => [
      { ...llm(), retriever: retriever() },
      {
        ...writing(),
        postprocessors: postprocessors(),
        splitter: { transform: async (all: unknown) => all },
      },
    ],
    (parts, options) => rag.createCitationQueryEngine(parts, options),
  ),
  ...engineTargets(
    'RouterQueryEngine',
    () => [
      { llm: says('{"choice": 2, "reason": "r"}') },
      { engines: engines(), maxRepairs: 0, fallback: 'one', chat: { temperature: 0 } },
    ],
    (parts, options) => new rag.RouterQueryEngine(parts, options),
  ),
  ...engineTargets(
    'SubQuestionQueryEngine',
    () => [
      { llm: says('Tea [1].'), planner: says('{"questions": [{"engine": 1, "question": "a"}]}') },
      {
        ...writing(),
        engines: engines(),
        maxRepairs: 0,
        maxQuestions: 2,
        concurrency: 1,
        onFailure: 'warn',
      },
    ],
    (parts, options) => new rag.SubQuestionQueryEngine(parts, options),
  ),
  call(
    'engineTool',
    () =>
      [
        engine(),
        { name: 'f', description: 'x', topK: 2, maxSources: 1, maxSourceLength: 9, maxAnswerLength: 9 },
      ] as [QueryEngine, rag.EngineToolOptions],
    async (asked, options) => {
      const llm = new ScriptedLLM({ replies: [[toolCallBlock('a', 'f', '{"question":"q"}')], 'x'] });
      const { steps } = await runTools(llm, 'x', { tools: [rag.engineTool(asked, options)] });
      return steps.flatMap(({ results }) => results.map(rag.engineToolResult));
    },
  ),
  call(
    'engineToolResult',
    () => ['{"answer":"a","outcome":"","sources":[],"citations":[]}'] as [string],
    (content) => rag.engineToolResult({ content }),
  ),
  ...chatTargets(
    'createCondenseChatEngine',
    () => [
      { llm: says('Is milk in tea?') as LLM, engine: engine() },
      { messages: messages(), maxTokens: 100, chat: { temperature: 0 } },
    ],
    (parts, options) => rag.createCondenseChatEngine(parts, options),
  ),
  ...chatTargets(
    'createToolsChatEngine',
    () => [
      { ...llm(), tools: [rag.engineTool(engine(), { name: 'f', description: 'x' })] },
      {
        messages: messages(),
        maxTokens: 100,
        systemPrompt: 'Be short.',
        maxSteps: 2,
        chat: { temperature: 0 },
      },
    ],
    (parts, options) => rag.createToolsChatEngine(parts, options),
  ),
  ...chatTargets(
    'createContextChatEngine',
    () => [
      { ...llm(), retriever: retriever() },
      {
        ...writing(),
        messages: messages(),
        maxTokens: 100,
        postprocessors: postprocessors(),
        topK: 2,
        systemPrompt: 'Be short.',
        condense: true,
        onNoNodes: 'ask',
      },
    ],
    (parts, options) => rag.createContextChatEngine(parts, options),
  ),
];
