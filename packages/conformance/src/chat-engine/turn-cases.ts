import { messageText, MortiseError } from '@mortise/core';
import type { ConformanceCase } from '../frame/case.ts';
import { abortable, pause, waitFor } from '../shared/helpers.ts';
import type { ChatEngineSubject } from './conformance.ts';
import { ANSWER, said, talk, turnOf, WAYS } from './lab.ts';

/** What becomes of a turn, and of the one after it. */
export const turnCases: readonly ConformanceCase<ChatEngineSubject>[] = [
  {
    id: 'turn.kept',
    rule: 'H-01',
    title: 'keeps the message and the answer of every turn, in their order',
    requires: [],
    async run(trial) {
      for (const [way, say] of WAYS) {
        const talking = talk(trial);
        const first = await say(talking.chat, 'Which wood is hard?');
        talking.next = 'Pine is soft [3].';
        const second = await say(talking.chat, 'And which is soft?');
        trial.check.equal(second.text, 'Pine is soft [3].', `${way}: the answer`);
        const expected = [
          ...turnOf('Which wood is hard?', first.text),
          ...turnOf('And which is soft?', second.text),
        ];
        trial.check.equal(await said(talking.chat), expected, `${way}: the history`);
      }
    },
  },
  {
    id: 'turn.shown',
    rule: 'H-02',
    title: 'shows the model what was said before',
    requires: [],
    async run(trial) {
      for (const [way, say] of WAYS) {
        const { chat, llm } = talk(trial);
        await say(chat, 'Which wood is hard?');
        const before = llm.requests.length;
        await say(chat, 'And which is soft?');
        const shown = llm.requests
          .slice(before)
          .map(({ messages }) => messages.map(messageText).join('\n'))
          .join('\n');
        for (const part of ['Which wood is hard?', ANSWER, 'And which is soft?'])
          trial.check.ok(shown.includes(part), `${way}: the model was not shown '${part}'`);
      }
    },
  },
  {
    id: 'turn.failed',
    rule: 'H-01',
    title: 'forgets a turn that failed, whose code it rejects with, and goes on',
    requires: [],
    async run(trial) {
      for (const [way, say] of WAYS) {
        const talking = talk(trial);
        await say(talking.chat, 'One?');
        const before = await said(talking.chat);
        talking.next = new MortiseError('quota', 'No more.');
        await trial.check.error(say(talking.chat, 'Two?'), 'quota', way);
        trial.check.equal(await said(talking.chat), before, `${way}: the history`);
        talking.next = ANSWER;
        await say(talking.chat, 'Three?');
        const expected = [...before, ...turnOf('Three?', ANSWER)];
        trial.check.equal(await said(talking.chat), expected, `${way}: the history after the next turn`);
      }
    },
  },
  {
    id: 'turn.aborted',
    rule: 'H-01',
    title: "forgets a turn that was aborted, with exactly the signal's reason, and goes on",
    requires: [],
    async run(trial) {
      for (const [way, say] of WAYS) {
        const talking = talk(trial);
        talking.next = () => new Promise<never>(() => undefined);
        const { controller, reason } = abortable();
        const asked = say(talking.chat, 'One?', { signal: controller.signal });
        asked.catch(() => undefined);
        const wasAsked = await waitFor(() => talking.llm.requests.length > 0, 1_000);
        trial.check.ok(wasAsked, `${way}: the model was not asked`);
        controller.abort(reason);
        const thrown = await trial.check.within(2_000, trial.check.rejects(asked, way), way);
        trial.check.ok(thrown === reason, `${way}: it did not reject with the signal's reason`);
        trial.check.equal(await said(talking.chat), [], `${way}: the history`);
        talking.next = ANSWER;
        await say(talking.chat, 'Two?');
        const expected = turnOf('Two?', ANSWER);
        trial.check.equal(await said(talking.chat), expected, `${way}: the history after the next turn`);
      }
    },
  },
  {
    id: 'turn.left',
    rule: 'H-01',
    title: 'forgets a turn whose stream was left before its end, and goes on',
    requires: [],
    async run(trial) {
      const { chat } = talk(trial);
      for await (const event of chat.streamChat('One?')) if (event.type === 'text-delta') break;
      // Leaving does not wait for what is left.
      await pause(20);
      trial.check.equal(await said(chat), [], 'the history');
      await chat.chat('Two?');
      trial.check.equal(await said(chat), turnOf('Two?', ANSWER), 'the history after the next turn');
    },
  },
  {
    id: 'turn.lazy',
    rule: 'L-05',
    title: 'does nothing for a stream that nobody reads',
    requires: [],
    async run(trial) {
      const { chat, llm } = talk(trial);
      const unread = chat.streamChat('One?');
      await pause(20);
      trial.check.equal(llm.requests.length, 0, 'the calls to the model');
      await chat.chat('Two?');
      trial.check.equal(await said(chat), turnOf('Two?', ANSWER), 'the history');
      await unread.cancel();
    },
  },
  {
    id: 'turn.conflict',
    rule: 'H-03',
    title: 'refuses another turn and a reset while one is under way, and takes them afterwards',
    requires: [],
    async run(trial) {
      const { chat } = talk(trial);
      const stream = chat.streamChat('One?');
      await stream[Symbol.asyncIterator]().next();
      for (const [way, say] of WAYS)
        await trial.check.within(2_000, trial.check.error(say(chat, 'Two?'), 'conflict', way), way);
      await trial.check.within(2_000, trial.check.error(chat.reset(), 'conflict', 'reset'), 'reset');
      await stream.final();
      trial.check.equal(await said(chat), turnOf('One?', ANSWER), 'the history');
      await chat.chat('Two?');
      trial.check.equal((await said(chat)).length, 4, 'the messages after the next turn');
    },
  },
  {
    id: 'turn.message',
    rule: 'H-04',
    title: 'refuses a message without text, and asks nobody',
    requires: [],
    async run(trial) {
      for (const [way, say] of WAYS) {
        const { chat, llm } = talk(trial);
        await trial.check.error(say(chat, ' \n'), 'invalid-request', way);
        trial.check.equal(llm.requests.length, 0, `${way}: the calls to the model`);
      }
    },
  },
  {
    id: 'turn.empty',
    rule: 'H-04',
    title: 'leaves out a turn whose answer has no text, and warns',
    requires: [],
    async run(trial) {
      for (const [way, say] of WAYS) {
        const talking = talk(trial);
        talking.next = ' ';
        const { warnings } = await say(talking.chat, 'One?');
        trial.check.ok(warnings.length > 0, `${way}: there is no warning`);
        trial.check.equal(await said(talking.chat), [], `${way}: the history`);
      }
    },
  },
];
