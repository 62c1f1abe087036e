import { expect, it } from 'vitest';
import { createTextNode, messageText, toolCallBlock } from '@mortise/core';
import { MemoryKeyValueStore } from '@mortise/core/store';
import { ScriptedLLM } from '@mortise/core/testing';
import { createToolsChatEngine } from '@mortise/rag';
import { tool } from '@mortise/toolkit';
import { afterACut, correct, openConversation, sayInTime, withTools } from '../conversations.ts';

const retriever = {
  retrieve: async () => [{ node: createTextNode({ id: 'oak', text: 'Oak is hard.' }), score: 1 }],
};
const llm = () => new ScriptedLLM({ replies: () => 'Oak [1].', retry: false });

it('a conversation goes on in another engine, and its turns are edited', async () => {
  const store = new MemoryKeyValueStore();
  await openConversation(llm(), retriever, store, 'c').chat('Which?');
  const chat = openConversation(llm(), retriever, store, 'c');
  await chat.chat('Sure?');
  expect(await correct(chat, 'Really?')).toEqual(['* Which?', '* Sure?', '  Really?']);
});

it('of two turns at once one is added, and the other kept beside', async () => {
  const store = new MemoryKeyValueStore();
  const chats = [llm(), llm()].map((each) => openConversation(each, retriever, store, 'c'));
  const answers = await Promise.all(chats.map((chat, at) => sayInTime(chat, `Turn ${at}?`)));
  expect(answers.map(({ text }) => text)).toEqual(['Oak [1].', 'Oak [1].']);
  const turns = (await chats[0]?.turns()) ?? [];
  expect(turns.map(({ messages }) => messageText(messages[0]!)).sort()).toEqual(['Turn 0?', 'Turn 1?']);
  expect(turns.filter(({ current }) => current)).toHaveLength(1);
});

it('a turn with tools waits for an approval, and goes on', async () => {
  const stopped: string[] = [];
  const stop = tool({
    name: 'stop',
    description: 'Stops a machine.',
    parameters: { type: 'object' },
    needsApproval: true,
    execute: () => (stopped.push('saw'), 'stopped'),
  });
  const model = new ScriptedLLM({ replies: [[toolCallBlock('a', 'stop', '{}')], 'It stands.'] });
  const text = await withTools(
    model,
    [stop],
    'a secret of the mill',
    new MemoryKeyValueStore(),
    async (asked) => asked.map(({ callId, token }) => ({ callId, token, approved: true })),
  );
  expect([text, stopped]).toEqual(['It stands.', ['saw']]);
});

it.each([
  ['go on', ['user', 'assistant', 'tool', 'assistant']],
  ['keep', ['user', 'assistant', 'tool']],
  ['forget', []],
] as const)(
  'a turn that failed after its tool ran waits to be told what becomes of it: %s',
  async (wish, roles) => {
    let runs = 0;
    const note = tool({
      name: 'note',
      description: 'Writes.',
      parameters: { type: 'object' },
      execute: () => `${(runs += 1)}`,
    });
    const replies = [[toolCallBlock('a', 'note', '{}')], new Error('broken'), 'Written.'];
    const chat = createToolsChatEngine(
      { llm: new ScriptedLLM({ replies, retry: false }), tools: [note] },
      { persist: { store: new MemoryKeyValueStore(), key: 'c' } },
    );
    await expect(chat.chat('Write.')).rejects.toThrow();
    await afterACut(chat, wish);
    expect((await chat.history()).map(({ role }) => role)).toEqual(roles);
    expect([runs, await chat.pending()]).toEqual([1, undefined]);
  },
);
