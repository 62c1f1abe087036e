import { messageText, MortiseError } from '@mortise/core';
import { MemoryKeyValueStore } from '@mortise/core/store';
import type { ConformanceCase } from '../frame/case.ts';
import { isPlain } from '../shared/helpers.ts';
import type { ChatEngineSubject } from './subject.ts';
import { ANSWER, said, talk, turnOf } from './lab.ts';

/** What is handed out of a conversation, and where it goes on from. */
export const keptCases: readonly ConformanceCase<ChatEngineSubject>[] = [
  {
    id: 'history.own',
    rule: 'C-05',
    title: 'hands out the history as plain data, that nobody can change it by',
    requires: [],
    async run(context) {
      const { chat } = talk(context);
      await chat.chat('One?');
      const before = await said(chat);
      const history = await chat.history();
      context.check.ok(isPlain(history), 'the history is not plain data');
      for (const message of history) message.content = 'changed';
      history.length = 1;
      context.check.equal(await said(chat), before, 'the history after a caller changed its own');
    },
  },
  {
    id: 'history.reset',
    rule: 'H-05',
    title: 'forgets everything on reset: neither the history nor the model has it',
    requires: [],
    async run(context) {
      const { chat, llm } = talk(context);
      await chat.chat('Which wood is hard?');
      await chat.reset();
      context.check.equal(await said(chat), [], 'the history');
      const before = llm.requests.length;
      await chat.chat('Two?');
      const shown = llm.requests.slice(before).flatMap(({ messages }) => messages.map(messageText));
      context.check.ok(!shown.join('\n').includes('Which wood is hard?'), 'the model was shown the old turn');
      context.check.equal(await said(chat), turnOf('Two?', ANSWER), 'the history after the next turn');
    },
  },
  {
    id: 'history.messages',
    rule: 'H-05',
    title: 'goes on from the history of another conversation, and leaves it as it is',
    requires: ['messages'],
    async run(context) {
      const first = talk(context).chat;
      await first.chat('One?');
      const messages = await first.history();
      const copy = structuredClone(messages);
      const { chat } = talk(context, { messages });
      await chat.chat('Two?');
      const expected = [...(await said(first)), ...turnOf('Two?', ANSWER)];
      context.check.equal(await said(chat), expected, 'the history');
      context.check.equal(messages, copy, 'the messages that were given');
    },
  },
  {
    id: 'store.kept',
    rule: 'H-05',
    title: 'keeps the conversation in its store: another engine goes on from there, and a reset empties it',
    requires: ['store'],
    async run(context) {
      const persist = { store: new MemoryKeyValueStore(), key: 'conversation' };
      const first = talk(context, { persist }).chat;
      await first.chat('One?');
      const second = talk(context, { persist }).chat;
      const expected = turnOf('One?', ANSWER);
      context.check.equal(await said(second), expected, 'the history of the second engine');
      await second.chat('Two?');
      const third = talk(context, { persist }).chat;
      context.check.equal(await said(third), await said(second), 'the history of the third engine');
      await third.reset();
      context.check.equal(await said(talk(context, { persist }).chat), [], 'the history after a reset');
    },
  },
  {
    id: 'store.failing',
    rule: 'H-01',
    title: 'rejects a turn that its store refuses, and has it neither there nor in its own history',
    requires: ['store'],
    async run(context) {
      const store = new MemoryKeyValueStore();
      const persist = { store, key: 'conversation' };
      const { chat } = talk(context, { persist });
      await chat.chat('One?');
      const before = await said(chat);
      const refuse = (): Promise<never> => Promise.reject(new MortiseError('overloaded', 'Not now.'));
      const refusing = { set: refuse, setMany: refuse, compareAndSet: refuse };
      Object.assign(store, refusing);
      await context.check.error(chat.chat('Two?'), 'overloaded', 'chat');
      // The methods of its class come to light again.
      for (const name of Object.keys(refusing)) Reflect.deleteProperty(store, name);
      context.check.equal(await said(chat), before, 'the history');
      await chat.chat('Three?');
      context.check.equal(await said(talk(context, { persist }).chat), await said(chat), 'the store');
    },
  },
];
