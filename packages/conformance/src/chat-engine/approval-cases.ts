import { MemoryKeyValueStore } from '@mortise/core/store';
import { toolCallBlock } from '@mortise/core';
import { ScriptedLLM } from '@mortise/core/testing';
import type { CaseContext, ConformanceCase } from '../frame/case.ts';
import { isPlain } from '../shared/helpers.ts';
import { retriever, said, type Said } from './lab.ts';
import type { ChatEngineSubject, Conversation, GivenApprovalLike, PendingTurnLike } from './subject.ts';

type Waiting = Conversation & Required<Pick<Conversation, 'pending' | 'resume' | 'discard'>>;

const TOOL = 'pay';
const DONE = 'It is done.';

interface Bench {
  /** Engines of one conversation, each as if in a process of its own. */
  readonly engine: () => Waiting;
  /** How often the tool ran. */
  readonly ran: () => number;
  readonly llm: ScriptedLLM;
}

/** A model that pays when it is asked to, and says so at the end. */
function bench({ subject, check }: CaseContext<ChatEngineSubject>): Bench {
  let ran = 0;
  const llm = new ScriptedLLM({
    replies: ({ messages }) =>
      messages.at(-1)?.role === 'user' ? [toolCallBlock(`call-${messages.length}`, TOOL, '{}')] : DONE,
    retry: false,
  });
  const persist = { store: new MemoryKeyValueStore(), key: 'one' };
  const tool = {
    name: TOOL,
    description: 'Pays.',
    approvalKey: 'a key of the application',
    execute: () => `paid ${(ran += 1)}`,
  };
  return {
    llm,
    ran: () => ran,
    engine() {
      const chat = subject.create({ llm, retriever, persist, tool });
      check.ok(
        'pending' in chat && 'resume' in chat && 'discard' in chat,
        'approvals is declared, and pending, resume or discard is not there',
      );
      return chat as Waiting;
    },
  };
}

function decided(pending: PendingTurnLike | undefined, approved = true): GivenApprovalLike[] {
  return (pending?.approvals ?? []).map(({ callId, token }) => ({ callId, token, approved }));
}

const asked: Said = [['user', 'Pay!']];

/** What becomes of a turn that needs somebody's approval. */
export const approvalCases: readonly ConformanceCase<ChatEngineSubject>[] = [
  {
    id: 'approval.waits',
    rule: 'H-08',
    title:
      'ends a turn that needs an approval with the outcome `approval`, and tells what waits as plain data',
    requires: ['store', 'approvals'],
    async run(context) {
      const { check } = context;
      const { engine, ran } = bench(context);
      const chat = engine();
      check.equal(await chat.pending(), undefined, 'what waits before the first turn');
      check.equal((await chat.chat('Pay!')).outcome, 'approval', 'the outcome');
      const pending = await engine().pending();
      check.equal(pending?.message, 'Pay!', 'the message that waits');
      check.ok(isPlain(pending), 'what waits is not plain data');
      check.equal(
        pending?.approvals.map(({ name }) => name),
        [TOOL],
        'the tools that wait',
      );
      check.equal(await said(chat), [], 'the history');
      await check.error(chat.chat('And now?'), 'conflict', 'a message while a turn waits');
      check.equal(ran(), 0, 'how often the tool ran');
    },
  },
  {
    id: 'approval.resumed',
    rule: 'H-08',
    title: 'runs what was approved once, in another engine too, and keeps the whole turn',
    requires: ['store', 'approvals'],
    async run(context) {
      const { check } = context;
      const { engine, ran } = bench(context);
      await engine().chat('Pay!');
      const chat = engine();
      const approvals = decided(await chat.pending());
      const response = await chat.resume({ approvals });
      check.equal([response.outcome, response.text], ['answered', DONE], 'the answer');
      check.equal(ran(), 1, 'how often the tool ran');
      check.equal((await said(chat)).at(0), asked[0], 'the first message of the history');
      check.equal((await said(chat)).at(-1), ['assistant', DONE], 'the last message of the history');
      check.equal(await chat.pending(), undefined, 'what waits afterwards');
      await check.error(engine().resume({ approvals }), 'not-found', 'the same approvals once more');
      check.equal(ran(), 1, 'how often the tool ran, after them');
    },
  },
  {
    id: 'approval.refused',
    rule: 'H-08',
    title: 'tells the model of a call that was refused, and does not run it',
    requires: ['store', 'approvals'],
    async run(context) {
      const { check } = context;
      const { engine, ran, llm } = bench(context);
      const chat = engine();
      await chat.chat('Pay!');
      await chat.resume({ approvals: decided(await chat.pending(), false) });
      check.equal(ran(), 0, 'how often the tool ran');
      const results = (llm.requests.at(-1)?.messages ?? []).filter(({ role }) => role === 'tool');
      check.equal(results.length, 1, 'results that the model was told of');
      check.equal((await said(chat)).at(-1), ['assistant', DONE], 'the last message of the history');
    },
  },
  {
    id: 'approval.forged',
    rule: 'H-08',
    title: 'refuses an approval that it did not ask for with `permission`, and the turn still waits',
    requires: ['store', 'approvals'],
    async run(context) {
      const { check } = context;
      const { engine, ran } = bench(context);
      const chat = engine();
      await chat.chat('Pay!');
      const right = decided(await chat.pending());
      const forged = right.map(({ token, ...rest }) => ({
        ...rest,
        token: token.slice(1),
      }));
      await check.error(chat.resume({ approvals: forged }), 'permission', 'a forged approval');
      check.equal(ran(), 0, 'how often the tool ran');
      check.equal(decided(await chat.pending()), right, 'what waits');
    },
  },
  {
    id: 'approval.two',
    rule: 'H-08',
    title: 'lets one of two go on who give the same approvals at once; the other is `conflict`',
    requires: ['store', 'approvals'],
    async run(context) {
      const { check } = context;
      const { engine, ran } = bench(context);
      await engine().chat('Pay!');
      const approvals = decided(await engine().pending());
      const both = await Promise.allSettled([1, 2].map(() => engine().resume({ approvals })));
      const failed = both.filter((each) => each.status === 'rejected');
      check.equal(failed.length, 1, 'how many were refused');
      const codes = failed.map(({ reason }: { reason: { code?: unknown } }) => reason.code);
      // The one that reads when the other has ended finds nothing.
      check.ok(codes.includes('conflict') || codes.includes('not-found'), `the other is ${codes.join()}`);
      check.equal(ran(), 1, 'how often the tool ran');
    },
  },
  {
    id: 'approval.discard',
    rule: 'H-08',
    title: 'gives a turn that waits up, as if its message had not been said',
    requires: ['store', 'approvals'],
    async run(context) {
      const { check } = context;
      const { engine, ran, llm } = bench(context);
      const chat = engine();
      await chat.chat('Pay!');
      const approvals = decided(await chat.pending());
      await chat.discard();
      check.equal([await chat.pending(), await said(chat)], [undefined, []], 'what waits, and the history');
      await check.error(chat.resume({ approvals }), 'not-found', 'its approvals afterwards');
      await chat.chat('Something else.');
      const shown = JSON.stringify(llm.requests.at(-1)?.messages);
      check.ok(!shown.includes('Pay!'), 'the model was shown the message that was given up');
      check.equal(ran(), 0, 'how often the tool ran');
    },
  },
];
