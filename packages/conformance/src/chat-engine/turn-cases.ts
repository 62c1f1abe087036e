import { messageText, MortiseError } from '@mortise/core';
import type { ConformanceCase } from '../frame/case.ts';
import { abortable, pause, waitFor } from '../shared/helpers.ts';
import type { ChatEngineSubject } from './subject.ts';
import { ANSWER, said, talk, turnOf, METHODS } from './lab.ts';

/** What becomes of a turn, and of the one after it. */
export const turnCases: readonly ConformanceCase<ChatEngineSubject>[] = [
  {
    id: 'turn.kept',
    rule: 'H-01',
    title: 'keeps the message and the answer of every turn, in their order',
    requires: [],
    async run(context) {
      for (const [method, say] of METHODS) {
        const talking = talk(context);
        const first = await say(talking.chat, 'Which wood is hard?');
        talking.next = 'Pine is soft [3].';
        const second = await say(talking.chat, 'And which is soft?');
        context.check.equal(second.text, 'Pine is soft [3].', `${method}: the answer`);
        const expected = [
          ...turnOf('Which wood is hard?', first.text),
          ...turnOf('And which is soft?', second.text),
        ];
        context.check.equal(await said(talking.chat), expected, `${method}: the history`);
      }
    },
  },
  {
    id: 'turn.shown',
    rule: 'H-02',
    title: 'shows the model what was said before',
    requires: [],
    async run(context) {
      for (const [method, say] of METHODS) {
        const { chat, llm } = talk(context);
        await say(chat, 'Which wood is hard?');
        const before = llm.requests.length;
        await say(chat, 'And which is soft?');
        const shown = llm.requests
          .slice(before)
          .map(({ messages }) => messages.map(messageText).join('\n'))
          .join('\n');
        for (const part of ['Which wood is hard?', ANSWER, 'And which is soft?'])
          context.check.ok(shown.includes(part), `${method}: the model was not shown '${part}'`);
      }
    },
  },
  {
    id: 'turn.failed',
    rule: 'H-01',
    title: 'forgets a turn that failed, whose code it rejects with, and goes on',
    requires: [],
    async run(context) {
      for (const [method, say] of METHODS) {
        const talking = talk(context);
        await say(talking.chat, 'One?');
        const before = await said(talking.chat);
        talking.next = new MortiseError('quota', 'No more.');
        await context.check.error(say(talking.chat, 'Two?'), 'quota', method);
        context.check.equal(await said(talking.chat), before, `${method}: the history`);
        talking.next = ANSWER;
        await say(talking.chat, 'Three?');
        const expected = [...before, ...turnOf('Three?', ANSWER)];
        context.check.equal(await said(talking.chat), expected, `${method}: the history after the next turn`);
      }
    },
  },
  {
    id: 'turn.aborted',
    rule: 'H-01',
    title: "forgets a turn that was aborted, with exactly the signal's reason, and goes on",
    requires: [],
    async run(context) {
      for (const [method, say] of METHODS) {
        const talking = talk(context);
        talking.next = () => new Promise<never>(() => undefined);
        const { controller, reason } = abortable();
        const asked = say(talking.chat, 'One?', { signal: controller.signal });
        asked.catch(() => undefined);
        const wasAsked = await waitFor(() => talking.llm.requests.length > 0, 1_000);
        context.check.ok(wasAsked, `${method}: the model was not asked`);
        controller.abort(reason);
        const thrown = await context.check.within(2_000, context.check.rejects(asked, method), method);
        context.check.ok(thrown === reason, `${method}: it did not reject with the signal's reason`);
        context.check.equal(await said(talking.chat), [], `${method}: the history`);
        talking.next = ANSWER;
        await say(talking.chat, 'Two?');
        const expected = turnOf('Two?', ANSWER);
        context.check.equal(await said(talking.chat), expected, `${method}: the history after the next turn`);
      }
    },
  },
  {
    id: 'turn.left',
    rule: 'H-01',
    title: 'forgets a turn whose stream was left before its end, and goes on',
    requires: [],
    async run(context) {
      const { chat } = talk(context);
      for await (const event of chat.streamChat('One?')) if (event.type === 'text-delta') break;
      // Leaving does not wait for what is left.
      await pause(20);
      context.check.equal(await said(chat), [], 'the history');
      await chat.chat('Two?');
      context.check.equal(await said(chat), turnOf('Two?', ANSWER), 'the history after the next turn');
    },
  },
  {
    id: 'turn.lazy',
    rule: 'L-05',
    title: 'does nothing for a stream that nobody reads',
    requires: [],
    async run(context) {
      const { chat, llm } = talk(context);
      const unread = chat.streamChat('One?');
      await pause(20);
      context.check.equal(llm.requests.length, 0, 'the calls to the model');
      await chat.chat('Two?');
      context.check.equal(await said(chat), turnOf('Two?', ANSWER), 'the history');
      await unread.cancel();
    },
  },
  {
    id: 'turn.conflict',
    rule: 'H-03',
    title: 'refuses another turn and a reset while one is under way, and takes them afterwards',
    requires: [],
    async run(context) {
      const { chat } = talk(context);
      const stream = chat.streamChat('One?');
      await stream[Symbol.asyncIterator]().next();
      for (const [method, say] of METHODS)
        await context.check.within(2_000, context.check.error(say(chat, 'Two?'), 'conflict', method), method);
      await context.check.within(2_000, context.check.error(chat.reset(), 'conflict', 'reset'), 'reset');
      await stream.final();
      context.check.equal(await said(chat), turnOf('One?', ANSWER), 'the history');
      await chat.chat('Two?');
      context.check.equal((await said(chat)).length, 4, 'the messages after the next turn');
    },
  },
  {
    id: 'turn.message',
    rule: 'H-04',
    title: 'refuses a message without text, and asks nobody',
    requires: [],
    async run(context) {
      for (const [method, say] of METHODS) {
        const { chat, llm } = talk(context);
        await context.check.error(say(chat, ' \n'), 'invalid-request', method);
        context.check.equal(llm.requests.length, 0, `${method}: the calls to the model`);
      }
    },
  },
  {
    id: 'turn.empty',
    rule: 'H-04',
    title: 'leaves out a turn whose answer has no text, and warns',
    requires: [],
    async run(context) {
      for (const [method, say] of METHODS) {
        const talking = talk(context);
        talking.next = ' ';
        const { warnings } = await say(talking.chat, 'One?');
        context.check.ok(warnings.length > 0, `${method}: there is no warning`);
        context.check.equal(await said(talking.chat), [], `${method}: the history`);
      }
    },
  },
];
