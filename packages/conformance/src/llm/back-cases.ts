import type { JsonObject } from '@mortise/core';
import type { ChatMessage, ChatResponse, ContentBlock, ToolCallBlock } from '@mortise/core/llm';
import { isObject } from '@mortise/core/shared';
import { objectAt } from '../dialects/answer.ts';
import type { WireAnswer } from '../dialects/contract.ts';
import { CALL, REASONING, TEXT } from './answers.ts';
import { bothWays, connect, telling, WAYS, type LLMCase, type LLMTrial, type Way } from './lab.ts';
import { WEATHER } from './tool-cases.ts';

const TOOLS = ['tools'];

/** What only its server can read. */
export const OPAQUE = 'b3BhcXVlLW1lbWJlci1vZi10aGUtd2lyZQ+/==';

/** A call and a text that hold what the contract does not know. */
export const MARKED: WireAnswer = {
  ...CALL,
  parts: [
    { type: 'text', pieces: ['One ', 'moment.'], members: { hologram: `${OPAQUE}text` } },
    {
      type: 'tool-call',
      id: 'call_a',
      name: 'weather',
      pieces: ['{"city": "Rome"}'],
      members: { hologram: `${OPAQUE}call` },
    },
  ],
};

/** What must go back goes back, to its owner alone, in a form that the wire takes. */
export const backCases: readonly LLMCase[] = [
  {
    id: 'back.members',
    rule: 'C-14',
    title: 'sends members of calls and texts that nobody knows back to their server, through JSON',
    requires: [...TOOLS, 'wire:members-of-blocks'],
    run: (trial) =>
      bothWays(trial, async (way) => {
        const { sent } = await twoTurns(trial, way, MARKED, 'conformance');
        for (const part of ['text', 'call'])
          trial.check.ok(
            sent.includes(`${OPAQUE}${part}`),
            `${way}: the member of the ${part} did not go back`,
          );
      }),
  },
  {
    id: 'back.strangers',
    rule: 'C-14',
    title: 'sends what is opaque to no other server, and warns that it was left out',
    requires: [...TOOLS, 'wire:members-of-blocks'],
    run: (trial) =>
      bothWays(trial, async (way) => {
        const { sent, warnings } = await twoTurns(trial, way, MARKED, 'another server');
        trial.check.ok(!sent.includes(OPAQUE), `${way}: what is opaque was sent to another server`);
        trial.check.ok(sent.includes('One moment.'), `${way}: the text was not sent`);
        trial.check.ok(warnings.length > 0, `${way}: no warning says that something was left out`);
      }),
  },
  {
    id: 'back.signature.strangers',
    rule: 'C-14',
    title: 'sends signed reasoning to no other server',
    requires: ['reasoning', 'wire:signature'],
    run: (trial) =>
      bothWays(trial, async (way) => {
        const { sent, warnings } = await twoTurns(trial, way, REASONING, 'another server');
        trial.check.ok(
          !sent.includes('c2lnbmF0dXJlL+=='),
          `${way}: the signature was sent to another server`,
        );
        trial.check.ok(warnings.length > 0, `${way}: no warning says that something was left out`);
      }),
  },
  {
    id: 'back.ids',
    rule: 'C-14',
    title: "makes another server's ids of calls fit, call and result alike",
    requires: TOOLS,
    run: (trial) =>
      bothWays(trial, async (way) => {
        const odd = ['functions.weather:0', 'functions.weather:1', 'x'.repeat(200)];
        const parts = odd.map((id) => ({ ...CALL.parts[0], id }) as WireAnswer['parts'][number]);
        const { body } = await twoTurns(trial, way, { ...CALL, parts }, 'another server');
        const { request } = trial.subject.dialect;
        const calls = request.toolCalls(body).map(({ id }) => id);
        const results = request.toolResults(body).map(({ id }) => id);
        trial.check.equal(results, calls, `${way}: the ids of the results`);
        trial.check.equal(new Set(calls).size, odd.length, `${way}: the number of different ids`);
        for (const id of calls)
          trial.check.ok(/^[a-zA-Z0-9_-]{1,64}$/.test(id), `${way}: ${id} is no id of a call`);
      }),
  },
  {
    id: 'back.invalid-arguments',
    rule: 'C-14',
    title: 'sends a call whose arguments were no JSON back with an object',
    requires: TOOLS,
    async run(trial) {
      const argumentsText = '{"city": "Rome"';
      const call: ToolCallBlock = {
        type: 'tool-call',
        id: 'call_a',
        name: 'weather',
        arguments: {},
        invalid: true,
        argumentsText,
      };
      const body = await bodyOf(trial, [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: [call] },
        {
          role: 'tool',
          content: [{ type: 'tool-result', toolCallId: 'call_a', content: 'No.', isError: true }],
        },
      ]);
      const [sent] = trial.subject.dialect.request.toolCalls(body);
      let parsed: unknown;
      try {
        parsed = JSON.parse(sent?.arguments ?? '');
      } catch {
        parsed = undefined;
      }
      trial.check.ok(isObject(parsed), `the arguments are no JSON object: ${sent?.arguments}`);
    },
  },
  {
    id: 'back.failed-results',
    rule: 'L-07',
    title: 'sends the failed result of a tool as a failure, given as text and as blocks',
    requires: [...TOOLS, 'wire:tool-failure'],
    async run(trial) {
      const text: ContentBlock = { type: 'text', text: 'No such city.' };
      for (const content of ['No such city.', [text]] as const) {
        const turn = (isError: boolean): ChatMessage[] => [
          { role: 'user', content: 'Hi' },
          {
            role: 'assistant',
            content: [{ type: 'tool-call', id: 'call_a', name: 'weather', arguments: { city: 'X' } }],
          },
          {
            role: 'tool',
            content: [{ type: 'tool-result', toolCallId: 'call_a', content, isError }] as never,
          },
        ];
        const what = typeof content === 'string' ? 'a text' : 'blocks';
        const { request } = trial.subject.dialect;
        trial.check.equal(
          request.failedResults?.(await bodyOf(trial, turn(true))),
          ['call_a'],
          `${what}: the failures`,
        );
        trial.check.equal(
          request.failedResults?.(await bodyOf(trial, turn(false))),
          [],
          `${what}: what did not fail`,
        );
      }
    },
  },
  {
    id: 'back.own-and-mine',
    rule: 'L-07',
    title: 'sends a text of its own and one of the application beside each other, both whole and in order',
    requires: [],
    run: (trial) =>
      bothWays(trial, async (way) => {
        const { llm, wire } = await connect(trial, telling(trial.subject.dialect, TEXT));
        const { message, text } = await WAYS[way](llm);
        const mine: ContentBlock = { type: 'text', text: 'Mine.' };
        const content = [mine, ...message.content, mine];
        await llm.chat([
          { role: 'user', content: 'Hi' },
          { role: 'assistant', content },
          { role: 'user', content: 'On' },
        ]);
        const body = objectAt(wire.requests.at(-1)!.body);
        const sent = trial.subject.dialect.request.messages(body);
        const said = sent
          .filter(({ role }) => role === 'assistant' || role === 'model')
          .map((turn) => turn.text);
        trial.check.equal(said.join(''), `Mine.${text}Mine.`, `${way}: what the assistant said`);
      }),
  },
  {
    id: 'cache-points.undeclared',
    rule: 'C-08',
    title:
      'leaves cache points out with a warning where it does not declare caching, and refuses them under strict',
    requires: [],
    async run(trial) {
      const point: ContentBlock = { type: 'cache-point' };
      const user: ChatMessage = { role: 'user', content: [point, { type: 'text', text: 'Long.' }, point] };
      const { llm, wire } = await connect(trial, telling(trial.subject.dialect, TEXT));
      if (trial.subject.declares.caching === true) {
        await llm.chat([user], { strict: true });
        trial.check.equal(wire.requests.length, 1, 'the number of requests');
        return;
      }
      const { warnings } = await llm.chat([user]);
      trial.check.equal(
        warnings.map(({ type, setting }) => ({ type, setting })),
        [{ type: 'unsupported-setting', setting: 'cache-point' }],
        'the warnings',
      );
      await llm.chat([{ role: 'user', content: [{ type: 'text', text: 'Long.' }] }]);
      trial.check.equal(wire.requests[0]?.body, wire.requests[1]?.body, 'the body without cache points');
      await trial.check.error(llm.chat([user], { strict: true }), 'unsupported', 'under strict');
    },
  },
  {
    id: 'cache-points.placed',
    rule: 'L-07',
    title: "marks a cache point after a text, after a tool's result and at the beginning of a message",
    requires: [...TOOLS, 'caching'],
    async run(trial) {
      const point: ContentBlock = { type: 'cache-point' };
      const text = (said: string): ContentBlock => ({ type: 'text', text: said });
      const result: ContentBlock = { type: 'tool-result', toolCallId: 'call_a', content: 'Sun.' };
      const conversation = (place?: 'text' | 'result' | 'beginning'): ChatMessage[] => [
        { role: 'user', content: [text('Hi'), ...(place === 'text' ? [point] : [])] },
        {
          role: 'assistant',
          content: [{ type: 'tool-call', id: 'call_a', name: 'weather', arguments: { city: 'Rome' } }],
        },
        { role: 'tool', content: [result, ...(place === 'result' ? [point] : [])] },
        { role: 'user', content: [...(place === 'beginning' ? [point] : []), text('On')] },
      ];
      const plain = JSON.stringify(await bodyOf(trial, conversation()));
      for (const place of ['text', 'result', 'beginning'] as const) {
        const marked = JSON.stringify(await bodyOf(trial, conversation(place)));
        trial.check.ok(marked !== plain, `nothing that was sent marks a cache point: ${place}`);
      }
    },
  },
  {
    id: 'request.provider-options.win',
    rule: 'C-07',
    title: "lets the caller's own options win over what the contract and the integration say, in streams too",
    requires: [],
    run: (trial) => bothWays(trial, (way) => optionsWin(trial, way)),
  },
];

/** A reply that goes through JSON into a second turn, which goes to the server of that name. */
async function twoTurns(trial: LLMTrial, way: Way, answer: WireAnswer, server: string) {
  const first = await connect(trial, telling(trial.subject.dialect, answer));
  const tools = trial.subject.declares.tools === true ? [WEATHER] : undefined;
  const reply = await WAYS[way](first.llm, 'Hi', { tools });
  const second = await connect(trial, telling(trial.subject.dialect, TEXT), server);
  const results = reply.toolCalls.map(({ id }) => ({
    type: 'tool-result' as const,
    toolCallId: id,
    toolName: 'weather',
    content: 'Sun.',
  }));
  const messages: ChatMessage[] = [
    { role: 'user', content: 'Hi' },
    JSON.parse(JSON.stringify(reply.message)) as ChatMessage,
    results.length === 0 ? { role: 'user', content: 'On' } : { role: 'tool', content: results },
  ];
  const { warnings }: Pick<ChatResponse, 'warnings'> = await WAYS[way](second.llm, messages, { tools });
  const body = objectAt(second.wire.requests[0]?.body);
  return { body, sent: JSON.stringify(body), warnings };
}

async function bodyOf(trial: LLMTrial, messages: ChatMessage[]): Promise<JsonObject> {
  const { llm, wire } = await connect(trial, telling(trial.subject.dialect, TEXT));
  await llm.chat(messages, { tools: [WEATHER] });
  return objectAt(wire.requests[0]?.body);
}

/** The member that a setting goes to is found by its value, and what only a stream asks for by what a whole reply does not. */
async function optionsWin(trial: LLMTrial, way: Way): Promise<void> {
  const { llm, wire } = await connect(trial, telling(trial.subject.dialect, TEXT));
  const ask = async (own?: Record<string, unknown>, with1234 = true): Promise<JsonObject> => {
    const providerOptions = own === undefined ? undefined : { [llm.provider]: own };
    await WAYS[way](llm, 'Hi', { providerOptions, ...(with1234 ? { maxOutputTokens: 1_234 } : {}) });
    return objectAt(wire.requests.at(-1)!.body);
  };
  const asked = await ask();
  const [member] = Object.entries(asked).find(([, value]) => value === 1_234) ?? [];
  if (member !== undefined)
    trial.check.equal((await ask({ [member]: 77 }))[member], 77, `${way}: ${member}, which the caller gave`);
  await llm.chat('Hi', { maxOutputTokens: 1_234 });
  const whole = objectAt(wire.requests.at(-1)!.body);
  for (const [name, value] of Object.entries(asked)) {
    if (name in whole || !isObject(value)) continue;
    const sent = objectAt((await ask({ [name]: { ...value, hologram: 1 } }))[name]);
    trial.check.equal(sent['hologram'], 1, `${way}: ${name}, which the caller gave`);
  }
  trial.check.ok(wire.requests.length > 1, 'nothing was sent');
}
