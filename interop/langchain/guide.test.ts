import { expect, test } from 'vitest';
import { StringOutputParser } from '@langchain/core/output_parsers';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { FakeListChatModel, SyntheticEmbeddings } from '@langchain/core/utils/testing';
import { RecursiveCharacterTextSplitter } from '@langchain/textsplitters';
import { createDocument } from '@mortise/core';
import { HashEmbedding, ScriptedLLM } from '@mortise/core/testing';
import { fromLangChain, toLangChain } from '@mortise/langchain';
import { MemoryVectorStore } from '@mortise/rag';
import { tool as ours } from '@mortise/toolkit';
import { createAgent } from 'langchain';
import { z } from 'zod';
import { core } from './core.ts';

test('a model of theirs', async () => {
  const chatModel = new FakeListChatModel({ responses: ['The moon.'] });
  // #region from-model
  const llm = fromLangChain(chatModel);
  const { text } = await llm.chat('Why are there tides?');
  // #endregion
  expect(text).toBe('The moon.');
});

test('documents, a splitter and embeddings of theirs', async () => {
  const document = { pageContent: 'The moon pulls at the sea. So does the sun.', metadata: { page: 3 } };
  const embeddings = new SyntheticEmbeddings({ vectorSize: 8 });
  // #region from-parts
  const splitter = fromLangChain(new RecursiveCharacterTextSplitter({ chunkSize: 30, chunkOverlap: 0 }));
  const embedding = fromLangChain(embeddings, { metadata: { maxBatchSize: 100 } });
  const nodes = await splitter.transform(fromLangChain([document]));
  const { embeddings: vectors } = await embedding.embedTexts(nodes.map(({ text }) => text));
  // #endregion
  expect(vectors).toHaveLength(2);
  expect(nodes).toMatchObject([{ metadata: { page: 3 }, start: 0 }, { text: 'does the sun.' }]);
});

test('a chain', async () => {
  const llm = new ScriptedLLM({ replies: ['The moon.'] });
  // #region chain
  const chain = ChatPromptTemplate.fromMessages([['human', 'Why are there {what}?']])
    .pipe(toLangChain(llm, core))
    .pipe(new StringOutputParser());
  const answer = await chain.invoke({ what: 'tides' });
  // #endregion
  expect(answer).toBe('The moon.');
  expect(llm.requests[0]?.messages).toEqual([{ role: 'user', content: 'Why are there tides?' }]);
});

test('an agent', async () => {
  const call = { type: 'tool-call', id: 'c1', name: 'add', arguments: { a: 1, b: 2 } } as const;
  const llm = new ScriptedLLM({ replies: [[call], 'It is 3.'] });
  // #region agent
  const add = ours({
    name: 'add',
    description: 'Adds two numbers.',
    parameters: z.object({ a: z.number(), b: z.number() }),
    execute: ({ a, b }) => String(a + b),
  });
  const agent = createAgent({ model: toLangChain(llm, core), tools: [toLangChain(add, core)] });
  const { messages } = await agent.invoke({ messages: [{ role: 'user', content: 'What is 1 + 2?' }] });
  // #endregion
  expect(messages.map(({ type, content }) => [type, content])).toEqual([
    ['human', 'What is 1 + 2?'],
    ['ai', ''],
    ['tool', '3'],
    ['ai', 'It is 3.'],
  ]);
});

test('a vector store of ours', async () => {
  // #region store
  const embedding = new HashEmbedding({ dimensions: 64 });
  const store = toLangChain(new MemoryVectorStore(), { ...core, embedding });
  await store.addDocuments(toLangChain([createDocument({ id: 'a', text: 'The moon pulls at the sea.' })]));
  const found = await store.asRetriever(1).invoke('moon');
  // #endregion
  expect(found).toEqual([{ pageContent: 'The moon pulls at the sea.', metadata: {}, id: 'a' }]);
});
