import type { JsonObject } from '@mortise/core/shared';
import type { CaseContext, ConformanceCase } from '../frame/case.ts';
import { ask, at, eventsIn, objectIn, post, refusalOf, type ServerSubject } from './ask.ts';

type ServerCase = ConformanceCase<ServerSubject>;
type Context = CaseContext<ServerSubject>;

const PATH = 'chat/completions';
const FEW = 24;

/** A request that any model can answer in a few tokens. */
function request({ model }: ServerSubject, more: JsonObject = {}): JsonObject {
  const messages = [
    { role: 'system', content: 'Answer in a few words.' },
    { role: 'user', content: 'Say hello.' },
  ];
  return { model, messages, max_tokens: FEW, ...more };
}

async function whole({ subject }: Context, more: JsonObject = {}): Promise<JsonObject> {
  const answer = await ask(subject, PATH, request(subject, more));
  if (answer.status !== 200) throw new Error(`It answered ${answer.status}: ${answer.text.slice(0, 300)}`);
  return objectIn(answer);
}

/** A streamed reply, as its events, and what they come to. */
interface Streamed {
  readonly type: string;
  readonly events: readonly string[];
  readonly chunks: readonly JsonObject[];
  readonly text: string;
  readonly reasons: readonly string[];
}

async function streamed({ subject }: Context, more: JsonObject = {}): Promise<Streamed> {
  const answer = await ask(subject, PATH, request(subject, { stream: true, ...more }));
  if (answer.status !== 200) throw new Error(`It answered ${answer.status}: ${answer.text.slice(0, 300)}`);
  const events = eventsIn(answer);
  const chunks = events
    .filter((data) => data !== '[DONE]')
    .map((data) => objectIn({ ...answer, text: data }));
  const of = (...path: (string | number)[]): string[] =>
    chunks.map((chunk) => at(chunk, 'choices', 0, ...path)).filter((value) => typeof value === 'string');
  return {
    type: answer.type,
    events,
    chunks,
    text: of('delta', 'content').join(''),
    reasons: of('finish_reason'),
  };
}

function checkUsage({ check }: Context, usage: unknown): void {
  const [input, output, total] = ['prompt_tokens', 'completion_tokens', 'total_tokens'].map((name) =>
    at(usage, name),
  );
  check.ok(Number.isSafeInteger(input) && Number(input) > 0, `prompt_tokens is ${String(input)}`);
  check.ok(Number.isSafeInteger(output) && Number(output) > 0, `completion_tokens is ${String(output)}`);
  check.equal(total, Number(input) + Number(output), 'total_tokens, beside the sum of the two');
}

const TOOL: JsonObject = {
  type: 'function',
  function: {
    name: 'weather',
    description: 'The weather in a city.',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    },
  },
};

const asked = (): JsonObject => ({
  messages: [{ role: 'user', content: 'What is the weather in Lisbon? Use the tool.' }],
  tools: [TOOL],
  tool_choice: { type: 'function', function: { name: 'weather' } },
  max_tokens: 200,
});

function checkCall({ check }: Context, call: unknown): void {
  check.equal(at(call, 'function', 'name'), 'weather', 'the name of the tool that was called');
  const id = at(call, 'id');
  check.ok(typeof id === 'string' && id !== '', `the id of the call is ${String(id)}`);
  const text = at(call, 'function', 'arguments');
  check.ok(typeof text === 'string', 'the arguments are no text');
  let value: unknown;
  try {
    value = JSON.parse(String(text));
  } catch {
    value = undefined;
  }
  check.ok(typeof at(value, 'city') === 'string', `the arguments are ${String(text).slice(0, 200)}`);
}

async function checkRefused(
  { subject, check }: Context,
  body: JsonObject | string,
  what: string,
): Promise<void> {
  const answer = await ask(subject, PATH, body);
  check.ok(
    answer.status >= 400 && answer.status <= 499,
    `${what}: it answered ${answer.status}, ${JSON.stringify(answer.text.slice(0, 120))}`,
  );
  check.ok(refusalOf(answer) !== undefined, `${what}: the refusal has no words`);
}

/**
 * What a server must do so that an integration can keep the contract with it. One request each unless said, of a few tokens. They judge
 * the server, not the model: what a model says is looked at only where the request forces it.
 */
export const chatServerCases: readonly ServerCase[] = [
  {
    id: 'server.reply',
    rule: 'L-07',
    title: 'answers with a text and the reason why it ended',
    requires: [],
    async run(context) {
      const reply = await whole(context);
      context.check.equal(
        typeof at(reply, 'choices', 0, 'message', 'content'),
        'string',
        'the type of the content',
      );
      context.check.equal(
        typeof at(reply, 'choices', 0, 'finish_reason'),
        'string',
        'the type of finish_reason',
      );
    },
  },
  {
    id: 'server.usage',
    rule: 'L-01',
    title: 'counts the tokens of a reply',
    requires: ['usage'],
    run: async (context) => checkUsage(context, (await whole(context))['usage']),
  },
  {
    id: 'server.length',
    rule: 'L-07',
    title: 'stops at max_tokens, and says so',
    requires: [],
    async run(context) {
      const messages = [{ role: 'user', content: 'Count from one to fifty, in words.' }];
      const reply = await whole(context, { messages, max_tokens: 5 });
      context.check.equal(
        at(reply, 'choices', 0, 'finish_reason'),
        'length',
        'the finish reason after 5 tokens',
      );
    },
  },
  {
    id: 'server.stop',
    rule: 'L-07',
    title: 'stops before a stop sequence, and does not say it',
    requires: ['stop'],
    async run(context) {
      const messages = [{ role: 'user', content: 'Write exactly: red, green, blue' }];
      const text = at(
        await whole(context, { messages, stop: ['green'] }),
        'choices',
        0,
        'message',
        'content',
      );
      context.check.ok(!String(text).includes('green'), `it wrote ${JSON.stringify(text)}`);
    },
  },
  {
    id: 'server.stream',
    rule: 'E-01',
    title: 'streams events, says why the reply ended, and ends with [DONE]',
    requires: ['streaming'],
    async run(context) {
      const { type, events, text, reasons } = await streamed(context);
      context.check.ok(/^text\/event-stream/i.test(type), `the content type of a stream is ${type}`);
      context.check.ok(text !== '', 'the stream says nothing');
      context.check.equal(reasons.length, 1, 'how often a reason was given');
      context.check.equal(events.at(-1), '[DONE]', 'the last event');
    },
  },
  {
    id: 'server.stream.usage',
    rule: 'L-01',
    title: 'counts the tokens of a stream where it is asked to',
    requires: ['streaming', 'usageInStreams'],
    async run(context) {
      const { chunks } = await streamed(context, { stream_options: { include_usage: true } });
      checkUsage(
        context,
        chunks.findLast((chunk) => chunk['usage'] !== undefined && chunk['usage'] !== null)?.['usage'],
      );
    },
  },
  {
    id: 'server.stream.bytes',
    rule: 'W-01',
    title: 'streams characters of several bytes whole',
    requires: ['streaming'],
    async run(context) {
      const messages = [{ role: 'user', content: 'Repeat exactly: Grüße aus Zürich 😀 日本語' }];
      const { text } = await streamed(context, { messages, max_tokens: 60 });
      context.check.ok(!text.includes('\uFFFD'), `there are broken characters in ${JSON.stringify(text)}`);
      context.check.ok(text.isWellFormed(), `there are halves of characters in ${JSON.stringify(text)}`);
    },
  },
  {
    id: 'server.stream.left',
    rule: 'C-01',
    title: 'goes on with others when a reader leaves in mid-stream (two requests)',
    requires: ['streaming'],
    async run(context) {
      const { subject, check } = context;
      const controller = new AbortController();
      const body = request(subject, { stream: true, max_tokens: 200 });
      const reader = (await post(subject, PATH, body, controller.signal)).body?.getReader();
      await reader?.read();
      controller.abort();
      await reader?.read().catch(() => undefined);
      check.equal(
        typeof at(await whole(context), 'choices', 0, 'finish_reason'),
        'string',
        'the reply after it',
      );
    },
  },
  {
    id: 'server.together',
    rule: 'W-03',
    title: 'answers three at once, each its own (three requests)',
    requires: [],
    async run(context) {
      const replies = await Promise.all([1, 2, 3].map(() => whole(context)));
      const ids = new Set(replies.map(({ id }) => id));
      context.check.equal(ids.size, 3, 'how many ids three replies have');
    },
  },
  {
    id: 'server.tools',
    rule: 'W-03',
    title: 'calls the tool that is forced, with an id and arguments by its schema',
    requires: ['tools'],
    run: async (context) =>
      checkCall(context, at(await whole(context, asked()), 'choices', 0, 'message', 'tool_calls', 0)),
  },
  {
    id: 'server.tools.stream',
    rule: 'W-03',
    title: 'streams a call in pieces that belong together by their index',
    requires: ['tools', 'streaming'],
    async run(context) {
      const { chunks } = await streamed(context, asked());
      const pieces = chunks
        .flatMap((chunk) => at(chunk, 'choices', 0, 'delta', 'tool_calls') ?? [])
        .filter((piece) => (at(piece, 'index') ?? 0) === 0);
      const first = (...path: string[]): unknown => pieces.map((piece) => at(piece, ...path)).find(Boolean);
      const texts = pieces.map((piece) => at(piece, 'function', 'arguments'));
      const text = texts.filter((each) => typeof each === 'string').join('');
      checkCall(context, { id: first('id'), function: { name: first('function', 'name'), arguments: text } });
    },
  },
  {
    id: 'server.tools.result',
    rule: 'L-07',
    title: 'goes on from the result of a call',
    requires: ['tools'],
    async run(context) {
      const call = {
        id: 'call_1',
        type: 'function',
        function: { name: 'weather', arguments: '{"city":"Lisbon"}' },
      };
      const reply = await whole(context, {
        messages: [
          { role: 'user', content: 'What is the weather in Lisbon?' },
          { role: 'assistant', content: null, tool_calls: [call] },
          { role: 'tool', tool_call_id: 'call_1', content: '21 degrees' },
        ],
        tools: [TOOL],
      });
      context.check.equal(
        typeof at(reply, 'choices', 0, 'finish_reason'),
        'string',
        'the type of finish_reason',
      );
    },
  },
  {
    id: 'server.schema',
    rule: 'L-07',
    title: 'keeps to a JSON schema that is asked for',
    requires: ['structuredOutput'],
    async run(context) {
      const schema = {
        type: 'object',
        properties: { city: { type: 'string' }, degrees: { type: 'integer' } },
        required: ['city', 'degrees'],
        additionalProperties: false,
      };
      const reply = await whole(context, {
        messages: [{ role: 'user', content: 'It is 21 degrees in Lisbon. Give the city and the degrees.' }],
        response_format: { type: 'json_schema', json_schema: { name: 'weather', schema, strict: true } },
        max_tokens: 100,
      });
      const content = String(at(reply, 'choices', 0, 'message', 'content'));
      const value = objectIn({ status: 200, type: '', text: content });
      context.check.equal(Object.keys(value).toSorted(), ['city', 'degrees'], 'the members of the reply');
      context.check.ok(
        Number.isSafeInteger(value['degrees']),
        `degrees is ${JSON.stringify(value['degrees'])}`,
      );
    },
  },
  {
    id: 'server.refuses.model',
    rule: 'E-04',
    title: 'refuses a model that it does not have, in JSON',
    requires: ['models'],
    run: (context) =>
      checkRefused(
        context,
        request({ ...context.subject, model: 'no-such-model-3141' }),
        'a model that there is not',
      ),
  },
  {
    id: 'server.refuses.body',
    rule: 'E-04',
    title: 'refuses what is not JSON, in JSON',
    requires: [],
    run: (context) => checkRefused(context, '{"model": ', 'half of a body'),
  },
  {
    id: 'server.refuses.messages',
    rule: 'E-04',
    title: 'refuses messages that are none, in JSON',
    requires: [],
    run: (context) =>
      checkRefused(context, request(context.subject, { messages: 'hello' }), 'a text for messages'),
  },
  {
    id: 'server.refuses.key',
    rule: 'E-04',
    title: 'refuses a key that it does not know with 401 or 403',
    requires: ['key'],
    async run(context) {
      const { subject, check } = context;
      const answer = await ask({ ...subject, apiKey: 'sk-nobody-0000000000000000' }, PATH, request(subject));
      check.ok(answer.status === 401 || answer.status === 403, `it answered ${answer.status}`);
    },
  },
];

/** Requests and tokens that the cases may cost at most, to be told before. */
export const CHAT_COST = { requests: chatServerCases.length + 3, tokens: 2_500 } as const;
