import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import type { BaseChatModel as LowestChatModel } from '@langchain/core-lowest/language_models/chat_models';
import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import type { AIMessageChunk } from '@langchain/core/messages';
import { createDocument, type ChatReply, type ContentBlock, type Document } from '@mortise/core';
import { HashEmbedding, ScriptedLLM } from '@mortise/core/testing';
import { fromLangChain, toLangChain } from '@mortise/langchain';
import { MemoryVectorStore, SentenceSplitter } from '@mortise/rag';
import { JsonParser, tool as ours } from '@mortise/toolkit';
import { z } from 'zod';
import { lowest, newest } from './versions.ts';

const require = createRequire(import.meta.url);

const VERSIONS = [
  ['1.0.0', '@langchain/core-lowest', lowest as never as typeof newest],
  ['1.4.0', '@langchain/core', newest],
] as const;

test('a model of ours has the types of the copy that it is made with', () => {
  const llm = new ScriptedLLM({ replies: [] });
  const ofNewest: InstanceType<typeof BaseChatModel> = toLangChain(llm, newest);
  const ofLowest: InstanceType<typeof LowestChatModel> = toLangChain(llm, lowest);
  expect(ofNewest).toBeInstanceOf(newest.BaseChatModel);
  expect(ofLowest).toBeInstanceOf(lowest.BaseChatModel);
  expect(ofLowest).not.toBeInstanceOf(newest.BaseChatModel);
});

const reply = (content: readonly ContentBlock[]): ChatReply => ({
  content: [...content],
  finishReason: { unified: 'stop', raw: 'end_turn' },
  usage: { inputTokens: 3, outputTokens: 2 },
});

const weather = { type: 'tool-call', id: 'c1', name: 'weather', arguments: { city: 'Rome' } } as const;
const tides = [
  createDocument({ id: 'a', text: 'The moon pulls at the sea.' }),
  createDocument({ id: 'b', text: 'Bread is made of flour.' }),
];

describe.each(VERSIONS)('@langchain/core %s', (version, name, core) => {
  const bound = (llm: ScriptedLLM) => toLangChain(llm, core);

  test('is that version', () => {
    const { version: installed } = require(`${name}/package.json`) as { version: string };
    expect(installed).toBe(version);
  });

  test('a model of ours answers in a chain', async () => {
    const llm = new ScriptedLLM({ replies: ['The moon.'] });
    const chain = core.ChatPromptTemplate.fromMessages([
      ['system', 'Be short.'],
      ['human', 'Why are there {what}?'],
    ])
      .pipe(bound(llm))
      .pipe(new core.StringOutputParser())
      .pipe(core.RunnableLambda.from((text: string) => text.toUpperCase()));
    expect(await chain.invoke({ what: 'tides' })).toBe('THE MOON.');
    expect(llm.requests[0]?.messages).toEqual([
      { role: 'system', content: 'Be short.' },
      { role: 'user', content: 'Why are there tides?' },
    ]);
  });

  test('says what it cost, why it ended and which model it was', async () => {
    const llm = new ScriptedLLM({ replies: [reply([{ type: 'text', text: 'yes' }])] });
    const message = (await bound(llm).invoke([new core.HumanMessage('q')])) as AIMessageChunk;
    expect(message.usage_metadata).toEqual({ input_tokens: 3, output_tokens: 2, total_tokens: 5 });
    expect(message.response_metadata).toMatchObject({ finish_reason: 'end_turn', model_name: llm.model });
  });

  test('streams pieces that come to the whole', async () => {
    const llm = new ScriptedLLM({
      replies: [
        reply([
          { type: 'reasoning', text: 'hm', signature: 'c2ln' },
          { type: 'text', text: 'It rains in Rome.' },
          weather,
        ]),
        'yes',
      ],
    });
    const model = bound(llm);
    let whole: Awaited<ReturnType<typeof model.invoke>> | undefined;
    let pieces = 0;
    for await (const chunk of await model.stream('q')) {
      whole = whole === undefined ? chunk : whole.concat(chunk);
      pieces += 1;
    }
    expect(pieces).toBeGreaterThan(3);
    expect(whole).toMatchObject({
      content: [
        { type: 'reasoning', reasoning: 'hm' },
        { type: 'text', text: 'It rains in Rome.' },
      ],
      tool_calls: [{ type: 'tool_call', id: 'c1', name: 'weather', args: { city: 'Rome' } }],
      usage_metadata: { input_tokens: 3, output_tokens: 2, total_tokens: 5 },
      response_metadata: { finish_reason: 'end_turn' },
    });
    await model.invoke([new core.HumanMessage('q'), whole!]);
    expect(llm.requests[1]?.messages[1]?.content).toMatchObject([
      { type: 'reasoning', text: 'hm', signature: 'c2ln' },
      { type: 'text', text: 'It rains in Rome.' },
      weather,
    ]);
  });

  test('streams through a chain, and tells of it in events', async () => {
    const chain = bound(new ScriptedLLM({ replies: ['one two three', 'one two three'] })).pipe(
      new core.StringOutputParser(),
    );
    const texts: string[] = [];
    for await (const text of await chain.stream('q')) texts.push(text);
    expect(texts.length).toBeGreaterThan(1);
    expect(texts.join('')).toBe('one two three');
    const kinds = new Set<string>();
    for await (const { event } of chain.streamEvents('q', { version: 'v2' })) kinds.add(event);
    expect([...kinds]).toEqual(
      expect.arrayContaining(['on_chat_model_start', 'on_chat_model_stream', 'on_chat_model_end']),
    );
  });

  test('gives a value by a schema, by a call that is forced', async () => {
    const llm = new ScriptedLLM({
      replies: [[{ type: 'tool-call', id: 'c1', name: 'place', arguments: { city: 'Rome' } }]],
      metadata: { capabilities: { tools: true, toolChoice: true } },
    });
    const asking = bound(llm).withStructuredOutput(z.object({ city: z.string() }), { name: 'place' });
    expect(await asking.invoke('Where?')).toEqual({ city: 'Rome' });
    expect(llm.requests[0]).toMatchObject({
      toolChoice: 'required',
      tools: [
        { name: 'place', parameters: { properties: { city: { type: 'string' } }, required: ['city'] } },
      ],
    });
  });

  test('calls tools of theirs and of ours', async () => {
    const schema = z.object({ city: z.string() });
    const run = ({ city }: { city: string }) => `Rain in ${city}.`;
    const described = { name: 'weather', description: 'Of a city.' };
    const mine = ours({ ...described, parameters: schema, execute: run });
    const theirs = core.tool(run, { ...described, schema });
    const llm = new ScriptedLLM({ replies: [[weather], [weather]] });
    for (const each of [toLangChain(mine, core), theirs]) {
      const message = (await bound(llm).bindTools!([each]).invoke('q')) as AIMessageChunk;
      const [call] = message.tool_calls ?? [];
      const result = await (each as { invoke(call: unknown): Promise<unknown> }).invoke(call);
      expect(result).toMatchObject({ type: 'tool', content: 'Rain in Rome.', tool_call_id: 'c1' });
    }
    const [first, second] = llm.requests.map(({ tools }) => tools?.[0]);
    expect(first).toMatchObject({ ...described, parameters: { required: ['city'] } });
    expect(second).toMatchObject({ ...described, parameters: { required: ['city'] } });
    const context = { signal: new AbortController().signal, toolCallId: 'c1', rawArguments: {} };
    expect(await fromLangChain(theirs).execute({ city: 'Rome' }, context)).toBe('Rain in Rome.');
  });

  test('fails with the error of ours, and once', async () => {
    const llm = new ScriptedLLM({ replies: [new Error('down'), 'up'] });
    await expect(bound(llm).invoke('q')).rejects.toMatchObject({ name: 'MortiseError' });
    expect(llm.requests).toHaveLength(1);
  });

  test('hands an abort to the model', async () => {
    const controller = new AbortController();
    let told: AbortSignal | undefined;
    const llm = new ScriptedLLM({
      replies: (_request, { signal }) => {
        told = signal;
        controller.abort();
        return new Promise(() => undefined);
      },
    });
    await expect(bound(llm).invoke('q', { signal: controller.signal })).rejects.toThrow();
    expect(told?.aborted).toBe(true);
  });

  test('a model of theirs answers and streams', async () => {
    const llm = fromLangChain(new core.FakeListChatModel({ responses: ['The moon.', 'The sun.'] }));
    expect((await llm.chat('q')).text).toBe('The moon.');
    expect((await llm.streamChat('q').final()).text).toBe('The sun.');
  });

  test('embeddings go both ways', async () => {
    const model = new HashEmbedding({ dimensions: 8 });
    const [vector] = await toLangChain(model).embedDocuments(['a']);
    expect(vector).toEqual(Array.from(await model.embedText('a')));
    const theirs = fromLangChain(new core.SyntheticEmbeddings({ vectorSize: 4 }));
    expect((await theirs.embedTexts(['a', 'b'])).embeddings.map(({ length }) => length)).toEqual([4, 4]);
  });

  test('a vector store and a retriever of ours find in a chain', async () => {
    const store = toLangChain(new MemoryVectorStore(), {
      ...core,
      embedding: new HashEmbedding({ dimensions: 64 }),
    });
    expect(await store.addDocuments(toLangChain(tides))).toEqual(['a', 'b']);
    const texts = core.RunnableLambda.from((found: { pageContent: string }[]) =>
      found.map(({ pageContent }) => pageContent),
    );
    expect(await store.asRetriever(1).pipe(texts).invoke('moon sea')).toEqual([tides[0]!.text]);
    await store.delete({ ids: ['a'] });
    expect(await store.similaritySearch('moon sea', 2)).toMatchObject([{ id: 'b' }]);
    const retriever = { retrieve: async () => [{ node: tides[0]!, score: 0.5 }] };
    const chain = toLangChain(retriever, core).pipe(texts);
    expect(await chain.invoke('moon')).toEqual([tides[0]!.text]);
  });

  test('a retriever of theirs finds', async () => {
    const output = [new core.Document({ pageContent: 'The moon.', metadata: { a: 1 }, id: 'a' })];
    const found = await fromLangChain(new core.FakeRetriever({ output })).retrieve('q');
    expect(found).toMatchObject([{ node: { id: 'a', text: 'The moon.', metadata: { a: 1 } }, score: 1 }]);
  });

  test('a splitter of ours splits documents of theirs', async () => {
    const splitter = toLangChain(new SentenceSplitter({ maxTokens: 8, overlap: 0 }), core);
    const document = new core.Document({
      pageContent: 'The moon pulls at the sea. So does the sun, though less.',
      metadata: { page: 3 },
    });
    const chunks = await splitter.invoke([document]);
    expect(chunks.length).toBeGreaterThan(1);
    expect(chunks[0]?.metadata).toMatchObject({ page: 3 });
    expect(chunks.map(({ pageContent }) => pageContent).join(' ')).toBe(document.pageContent);
  });

  test('a parser of ours parses in a chain, on the way too', async () => {
    const llm = new ScriptedLLM({ replies: ['{"city":"Rome"}', '{"city":"Rome"}'] });
    const chain = bound(llm).pipe(toLangChain(new JsonParser(), core));
    expect(await chain.invoke('q')).toEqual({ city: 'Rome' });
    const values: unknown[] = [];
    for await (const value of await chain.stream('q')) values.push(value);
    expect(values.at(-1)).toEqual({ city: 'Rome' });
    expect(values.length).toBeGreaterThan(1);
  });

  test('a loader of theirs is read', async () => {
    class Loader extends core.BaseDocumentLoader {
      override async load() {
        return [new core.Document({ pageContent: 'The moon.', metadata: { source: 'a.txt' } })];
      }
    }
    const documents: Document[] = [];
    for await (const document of fromLangChain(new Loader()).read()) documents.push(document);
    expect(documents).toMatchObject([{ text: 'The moon.', metadata: { source: 'a.txt' }, item: 'Loader' }]);
  });
});
