import { messageText, type ChatMessage } from '@mortise/core';
import { MemoryKeyValueStore } from '@mortise/core/store';
import type { CaseContext, ConformanceCase } from '../frame/case.ts';
import { isPlain, waitFor } from '../shared/helpers.ts';
import { ANSWER, METHODS, said, talk, turnOf } from './lab.ts';
import type { ChatEngineSubject, Conversation, ConversationTurnLike } from './subject.ts';

type Branching = Conversation & Required<Pick<Conversation, 'turns' | 'goTo'>>;

function branching(context: CaseContext<ChatEngineSubject>, chat: Conversation): Branching {
  context.check.ok(
    chat.turns !== undefined && chat.goTo !== undefined,
    'branches is declared, and turns or goTo is not there',
  );
  return chat as Branching;
}

const asked = ({ messages }: { readonly messages: readonly ChatMessage[] }): string =>
  messages.length === 0 ? '' : messageText(messages[0] as ChatMessage);

async function turnThatAsks(chat: Branching, message: string): Promise<ConversationTurnLike | undefined> {
  return (await chat.turns()).find((turn) => asked(turn) === message);
}

/** What becomes of turns that do not follow one after the other. */
export const branchCases: readonly ConformanceCase<ChatEngineSubject>[] = [
  {
    id: 'branch.turns',
    rule: 'H-07',
    title:
      'tells its turns as plain data of its own: each with its parent, those of the current branch marked',
    requires: ['branches'],
    async run(context) {
      const chat = branching(context, talk(context).chat);
      context.check.equal(await chat.turns(), [], 'the turns before the first');
      await chat.chat('One?');
      await chat.chat('Two?');
      const turns = await chat.turns();
      context.check.ok(isPlain(turns), 'the turns are not plain data');
      context.check.equal(turns.map(asked), ['One?', 'Two?'], 'what the turns ask');
      context.check.equal(
        turns.map(({ parent }) => parent),
        [null, turns[0]?.id],
        'their parents',
      );
      context.check.equal(
        turns.map(({ current }) => current),
        [true, true],
        'whether they are current',
      );
      context.check.equal(
        turns.flatMap(({ messages }) => messages),
        await chat.history(),
        'their messages',
      );
      for (const { messages } of turns) (messages as ChatMessage[]).length = 0;
      context.check.equal((await chat.history()).length, 4, 'the history after a caller changed the turns');
    },
  },
  {
    id: 'branch.edits',
    rule: 'H-07',
    title:
      'answers a message in place of an earlier turn, as if that and all after it had not been said, and keeps both',
    requires: ['branches'],
    async run(context) {
      for (const [method, say] of METHODS) {
        const { chat: made, llm } = talk(context);
        const chat = branching(context, made);
        await say(chat, 'First?');
        await say(chat, 'Wrong?');
        await say(chat, 'Third?');
        const wrong = await turnThatAsks(chat, 'Wrong?');
        const before = llm.requests.length;
        await say(chat, 'Right?', { edits: wrong?.id });
        const shown = llm.requests.slice(before).flatMap(({ messages }) => messages.map(messageText));
        context.check.ok(
          shown.join().includes('First?'),
          `${method}: the model was not shown what came before`,
        );
        for (const other of ['Wrong?', 'Third?'])
          context.check.ok(!shown.join().includes(other), `${method}: the model was shown '${other}'`);
        const expected = [...turnOf('First?', ANSWER), ...turnOf('Right?', ANSWER)];
        context.check.equal(await said(chat), expected, `${method}: the history`);
        const turns = await chat.turns();
        context.check.equal(
          turns.map((turn) => [asked(turn), turn.current]),
          [
            ['First?', true],
            ['Wrong?', false],
            ['Third?', false],
            ['Right?', true],
          ],
          `${method}: the turns`,
        );
        context.check.equal(turns[3]?.parent, turns[0]?.id, `${method}: the parent of the new one`);
      }
    },
  },
  {
    id: 'branch.go-to',
    rule: 'H-07',
    title: 'goes on after any turn, and keeps what was said on the other branches',
    requires: ['branches'],
    async run(context) {
      const { chat: made } = talk(context);
      const chat = branching(context, made);
      await chat.chat('One?');
      await chat.chat('Two?');
      const one = await turnThatAsks(chat, 'One?');
      const two = await turnThatAsks(chat, 'Two?');
      await chat.goTo(one?.id ?? '');
      context.check.equal(await said(chat), turnOf('One?', ANSWER), 'the history at the first turn');
      await chat.chat('Other?');
      const other = [...turnOf('One?', ANSWER), ...turnOf('Other?', ANSWER)];
      context.check.equal(await said(chat), other, 'the history of the new branch');
      await chat.goTo(two?.id ?? '');
      const first = [...turnOf('One?', ANSWER), ...turnOf('Two?', ANSWER)];
      context.check.equal(await said(chat), first, 'the history of the old branch');
      context.check.equal((await chat.turns()).map(asked), ['One?', 'Two?', 'Other?'], 'the turns');
    },
  },
  {
    id: 'branch.unknown',
    rule: 'H-07',
    title: 'refuses a turn that it does not have with `not-found`, and stays as it is',
    requires: ['branches'],
    async run(context) {
      const { chat: made } = talk(context);
      const chat = branching(context, made);
      await chat.chat('One?');
      const before = await chat.turns();
      await context.check.error(chat.goTo('no turn'), 'not-found', 'goTo');
      for (const [method, say] of METHODS)
        await context.check.error(say(chat, 'Two?', { edits: 'no turn' }), 'not-found', method);
      context.check.equal(await chat.turns(), before, 'the turns');
    },
  },
  {
    id: 'branch.failed',
    rule: 'H-01',
    title: 'stays on its branch when the answer to an edited message fails',
    requires: ['branches'],
    async run(context) {
      const talking = talk(context);
      const chat = branching(context, talking.chat);
      await chat.chat('One?');
      const before = await chat.turns();
      talking.next = () => Promise.reject(new Error('broken'));
      await context.check.rejects(chat.chat('Two?', { edits: before[0]?.id }), 'chat');
      context.check.equal(await chat.turns(), before, 'the turns');
      context.check.equal(await said(chat), turnOf('One?', ANSWER), 'the history');
    },
  },
  {
    id: 'store.two',
    rule: 'H-06',
    title: 'adds one of two turns that two engines answer at once; the other is `conflict`, and kept beside',
    requires: ['store', 'branches'],
    async run(context) {
      for (const [method, say] of METHODS) {
        const persist = { store: new MemoryKeyValueStore(), key: 'conversation' };
        const first = branching(context, talk(context, { persist }).chat);
        await first.chat('Begin?');
        const waiting = talk(context, { persist });
        const second = branching(context, waiting.chat);
        let answer = (): void => undefined;
        const answered = new Promise<void>((resolve) => (answer = resolve));
        waiting.next = async () => answered.then(() => ANSWER);
        const late = say(second, 'Late?');
        late.catch(() => undefined);
        const wasAsked = await waitFor(() => waiting.llm.requests.length > 0, 1_000);
        context.check.ok(wasAsked, `${method}: the model was not asked`);
        await say(first, 'Early?');
        answer();
        const { message } = await context.check.error(late, 'conflict', method);
        const expected = [...turnOf('Begin?', ANSWER), ...turnOf('Early?', ANSWER)];
        context.check.equal(await said(first), expected, `${method}: the history`);
        context.check.equal(await said(second), expected, `${method}: the history of the other engine`);
        const kept = await turnThatAsks(second, 'Late?');
        context.check.ok(kept !== undefined, `${method}: the turn of the other engine is lost`);
        context.check.equal(kept?.current, false, `${method}: whether it is current`);
        context.check.ok(message.includes(kept?.id ?? ' '), `${method}: the error does not name the turn`);
        await second.goTo(kept?.id ?? '');
        const beside = [...turnOf('Begin?', ANSWER), ...turnOf('Late?', ANSWER)];
        context.check.equal(await said(first), beside, `${method}: the history after goTo`);
      }
    },
  },
];
