import type { JsonObject } from '@mortise/core';
import type { ChatMessage, ChatResponse, ContentBlock, ToolCallBlock } from '@mortise/core/llm';
import { isObject } from '@mortise/core/shared';
import { objectAt } from '../dialects/answer.ts';
import type { WireAnswer } from '../dialects/contract.ts';
import { CALL, REASONING, TEXT } from './answers.ts';
import {
  forEachMethod,
  connect,
  respondWith,
  METHODS,
  type LLMCase,
  type LLMCaseContext,
  type Method,
} from './lab.ts';
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
      id: 'callAlpha',
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
    run: (context) =>
      forEachMethod(context, async (method) => {
        const { sent } = await twoTurns(context, method, MARKED, 'conformance');
        for (const part of ['text', 'call'])
          context.check.ok(
            sent.includes(`${OPAQUE}${part}`),
            `${method}: the member of the ${part} did not go back`,
          );
      }),
  },
  {
    id: 'back.strangers',
    rule: 'C-14',
    title: 'sends what is opaque to no other server, and warns that it was left out',
    requires: [...TOOLS, 'wire:members-of-blocks'],
    run: (context) =>
      forEachMethod(context, async (method) => {
        const { sent, warnings } = await twoTurns(context, method, MARKED, 'another server');
        context.check.ok(!sent.includes(OPAQUE), `${method}: what is opaque was sent to another server`);
        context.check.ok(sent.includes('One moment.'), `${method}: the text was not sent`);
        context.check.ok(warnings.length > 0, `${method}: no warning says that something was left out`);
      }),
  },
  {
    id: 'back.signature.strangers',
    rule: 'C-14',
    title: 'sends signed reasoning to no other server',
    requires: ['reasoning', 'wire:signature'],
    run: (context) =>
      forEachMethod(context, async (method) => {
        const { sent, warnings } = await twoTurns(context, method, REASONING, 'another server');
        context.check.ok(
          !sent.includes('c2lnbmF0dXJlL+=='),
          `${method}: the signature was sent to another server`,
        );
        context.check.ok(warnings.length > 0, `${method}: no warning says that something was left out`);
      }),
  },
  {
    id: 'back.ids',
    rule: 'C-14',
    title: "makes another server's ids of calls fit, call and result alike",
    requires: TOOLS,
    run: (context) =>
      forEachMethod(context, async (method) => {
        const odd = ['functions.weather:0', 'functions.weather:1', 'x'.repeat(200)];
        const parts = odd.map((id) => ({ ...CALL.parts[0], id }) as WireAnswer['parts'][number]);
        const { body } = await twoTurns(context, method, { ...CALL, parts }, 'another server');
        const { request } = context.subject.dialect;
        const calls = request.toolCalls(body).map(({ id }) => id);
        const results = request.toolResults(body).map(({ id }) => id);
        context.check.equal(results, calls, `${method}: the ids of the results`);
        context.check.equal(new Set(calls).size, odd.length, `${method}: the number of different ids`);
        for (const id of calls)
          context.check.ok(/^[a-zA-Z0-9_-]{1,64}$/.test(id), `${method}: ${id} is not an id of a call`);
      }),
  },
  {
    id: 'back.invalid-arguments',
    rule: 'C-14',
    title: 'sends a call whose arguments were no JSON back with an object',
    requires: TOOLS,
    async run(context) {
      const argumentsText = '{"city": "Rome"';
      const call: ToolCallBlock = {
        type: 'tool-call',
        id: 'callAlpha',
        name: 'weather',
        arguments: {},
        invalid: true,
        argumentsText,
      };
      const body = await bodyOf(context, [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: [call] },
        {
          role: 'tool',
          content: [{ type: 'tool-result', toolCallId: 'callAlpha', content: 'No.', isError: true }],
        },
      ]);
      const [sent] = context.subject.dialect.request.toolCalls(body);
      let parsed: unknown;
      try {
        parsed = JSON.parse(sent?.arguments ?? '');
      } catch {
        parsed = undefined;
      }
      context.check.ok(isObject(parsed), `the arguments are no JSON object: ${sent?.arguments}`);
    },
  },
  {
    id: 'back.failed-results',
    rule: 'L-07',
    title: 'sends the failed result of a tool as a failure, given as text and as blocks',
    requires: [...TOOLS, 'wire:tool-failure'],
    async run(context) {
      const text: ContentBlock = { type: 'text', text: 'No such city.' };
      for (const content of ['No such city.', [text]] as const) {
        const turn = (isError: boolean): ChatMessage[] => [
          { role: 'user', content: 'Hi' },
          {
            role: 'assistant',
            content: [{ type: 'tool-call', id: 'callAlpha', name: 'weather', arguments: { city: 'X' } }],
          },
          {
            role: 'tool',
            content: [{ type: 'tool-result', toolCallId: 'callAlpha', content, isError }] as never,
          },
        ];
        const what = typeof content === 'string' ? 'a text' : 'blocks';
        const { request } = context.subject.dialect;
        context.check.equal(
          request.failedResults?.(await bodyOf(context, turn(true))),
          ['callAlpha'],
          `${what}: the failures`,
        );
        context.check.equal(
          request.failedResults?.(await bodyOf(context, turn(false))),
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
    run: (context) =>
      forEachMethod(context, async (method) => {
        const { llm, wire } = await connect(context, respondWith(context.subject.dialect, TEXT));
        const { message, text } = await METHODS[method](llm);
        const mine: ContentBlock = { type: 'text', text: 'Mine.' };
        const content = [mine, ...message.content, mine];
        await llm.chat([
          { role: 'user', content: 'Hi' },
          { role: 'assistant', content },
          { role: 'user', content: 'On' },
        ]);
        const body = objectAt(wire.requests.at(-1)!.body);
        const sent = context.subject.dialect.request.messages(body);
        const said = sent
          .filter(({ role }) => role === 'assistant' || role === 'model')
          .map((turn) => turn.text);
        context.check.equal(said.join(''), `Mine.${text}Mine.`, `${method}: what the assistant said`);
      }),
  },
  {
    id: 'cache-points.undeclared',
    rule: 'C-08',
    title:
      'leaves cache points out with a warning where it does not declare caching, and refuses them under strict',
    requires: [],
    async run(context) {
      const point: ContentBlock = { type: 'cache-point' };
      const user: ChatMessage = { role: 'user', content: [point, { type: 'text', text: 'Long.' }, point] };
      const { llm, wire } = await connect(context, respondWith(context.subject.dialect, TEXT));
      if (context.subject.declares.caching === true) {
        await llm.chat([user], { strict: true });
        context.check.equal(wire.requests.length, 1, 'the number of requests');
        return;
      }
      const { warnings } = await llm.chat([user]);
      context.check.equal(
        warnings.map(({ type, setting }) => ({ type, setting })),
        [{ type: 'unsupported-setting', setting: 'cache-point' }],
        'the warnings',
      );
      await llm.chat([{ role: 'user', content: [{ type: 'text', text: 'Long.' }] }]);
      context.check.equal(wire.requests[0]?.body, wire.requests[1]?.body, 'the body without cache points');
      await context.check.error(llm.chat([user], { strict: true }), 'unsupported', 'under strict');
    },
  },
  {
    id: 'cache-points.placed',
    rule: 'L-07',
    title: "marks a cache point after a text, after a tool's result and at the beginning of a message",
    requires: [...TOOLS, 'caching'],
    async run(context) {
      const point: ContentBlock = { type: 'cache-point' };
      const text = (said: string): ContentBlock => ({ type: 'text', text: said });
      const result: ContentBlock = { type: 'tool-result', toolCallId: 'callAlpha', content: 'Sun.' };
      const conversation = (place?: 'text' | 'result' | 'beginning'): ChatMessage[] => [
        { role: 'user', content: [text('Hi'), ...(place === 'text' ? [point] : [])] },
        {
          role: 'assistant',
          content: [{ type: 'tool-call', id: 'callAlpha', name: 'weather', arguments: { city: 'Rome' } }],
        },
        { role: 'tool', content: [result, ...(place === 'result' ? [point] : [])] },
        { role: 'user', content: [...(place === 'beginning' ? [point] : []), text('On')] },
      ];
      const { request } = context.subject.dialect;
      const plain = JSON.stringify(await bodyOf(context, conversation()));
      for (const place of ['text', 'result', 'beginning'] as const) {
        const body = await bodyOf(context, conversation(place));
        context.check.ok(
          JSON.stringify(body) !== plain,
          `nothing that was sent marks a cache point: ${place}`,
        );
        if (request.cachePoints === undefined) continue;
        // What begins a message marks the end of the one before.
        const expected = [place === 'text' ? 'Hi' : 'Sun.'];
        context.check.equal(request.cachePoints(body), expected, `where it stands: ${place}`);
      }
    },
  },
  {
    id: 'request.provider-options.win',
    rule: 'C-07',
    title: "lets the caller's own options win over what the contract and the integration say, in streams too",
    requires: [],
    run: (context) => forEachMethod(context, (method) => optionsWin(context, method)),
  },
];

/** A reply that goes through JSON into a second turn, which goes to the server of that name. */
export async function twoTurns(context: LLMCaseContext, method: Method, answer: WireAnswer, server: string) {
  const first = await connect(context, respondWith(context.subject.dialect, answer));
  const tools = context.subject.declares.tools === true ? [WEATHER] : undefined;
  const reply = await METHODS[method](first.llm, 'Hi', { tools });
  const second = await connect(context, respondWith(context.subject.dialect, TEXT), server);
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
  const { warnings }: Pick<ChatResponse, 'warnings'> = await METHODS[method](second.llm, messages, { tools });
  const body = objectAt(second.wire.requests[0]?.body);
  return { body, sent: JSON.stringify(body), warnings };
}

async function bodyOf(context: LLMCaseContext, messages: ChatMessage[]): Promise<JsonObject> {
  const { llm, wire } = await connect(context, respondWith(context.subject.dialect, TEXT));
  await llm.chat(messages, { tools: [WEATHER] });
  return objectAt(wire.requests[0]?.body);
}

/** The member that a setting goes to is found by its value, and what only a stream asks for by what a whole reply does not. */
async function optionsWin(context: LLMCaseContext, method: Method): Promise<void> {
  const { llm, wire } = await connect(context, respondWith(context.subject.dialect, TEXT));
  const ask = async (own?: Record<string, unknown>, with1234 = true): Promise<JsonObject> => {
    const providerOptions = own === undefined ? undefined : { [llm.provider]: own };
    await METHODS[method](llm, 'Hi', { providerOptions, ...(with1234 ? { maxOutputTokens: 1_234 } : {}) });
    return objectAt(wire.requests.at(-1)!.body);
  };
  const asked = await ask();
  const path = pathTo(asked, 1_234) ?? [];
  context.check.ok(path.length > 0, `${method}: maxOutputTokens was not sent`);
  const own = path.reduceRight<unknown>((value, name) => ({ [name]: value }), 77);
  const sent = path.reduce<unknown>((value, name) => objectAt(value)[name], await ask(objectAt(own)));
  context.check.equal(sent, 77, `${method}: ${path.join('.')}, which the caller gave`);
  await llm.chat('Hi', { maxOutputTokens: 1_234 });
  const whole = objectAt(wire.requests.at(-1)!.body);
  for (const [name, value] of Object.entries(asked)) {
    if (name in whole || !isObject(value)) continue;
    const sent = objectAt((await ask({ [name]: { ...value, hologram: 1 } }))[name]);
    context.check.equal(sent['hologram'], 1, `${method}: ${name}, which the caller gave`);
  }
  context.check.ok(wire.requests.length > 1, 'nothing was sent');
}

/** The names that lead to a value: some wires have their settings in a member of the body. */
function pathTo(
  value: unknown,
  sought: unknown,
  path: readonly string[] = [],
): readonly string[] | undefined {
  if (value === sought) return path;
  if (!isObject(value)) return undefined;
  for (const [name, each] of Object.entries(value)) {
    const found = pathTo(each, sought, [...path, name]);
    if (found !== undefined) return found;
  }
  return undefined;
}
