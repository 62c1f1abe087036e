import { Buffer } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import { isMortiseError, type JsonObject } from '@mortise/core';
import type { ChatInput, ChatMessage, ChatOptions, ContentBlock, ToolDefinition } from '@mortise/core/llm';
import { objectAt } from '../dialects/answer.ts';
import { TEXT } from './answers.ts';
import { connect, respondWith, type LLMCase, type LLMCaseContext } from './lab.ts';
import { stands } from './preference-cases.ts';
import { sentBody, withTexts } from './sent.ts';
import { WEATHER } from './tool-cases.ts';

/** What stands in a request, if what it is given for was sent. */
const WORD = 'Conformance-said-this';

/** A picture of its own, so that it is not taken for another. */
const PICTURE = Buffer.from(`GIF89a ${WORD}`).toString('base64');
const SOUND = Buffer.from(`RIFF    WAVEfmt ${WORD}`).toString('base64');

const CLOSED: ToolDefinition = {
  name: 'weather',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
};

const user = (...blocks: ContentBlock[]): ChatMessage[] => [
  { role: 'user', content: [...blocks, { type: 'text', text: 'Hi' }] },
];

/** A conversation in which a tool gave this. */
export function toolResult(content: string | readonly ContentBlock[], more: object = {}): ChatMessage[] {
  const call: ContentBlock = {
    type: 'tool-call',
    id: 'callAlpha',
    name: 'weather',
    arguments: { city: 'Rome' },
  };
  return [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: [call] },
    {
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId: 'callAlpha', content, ...more } as ContentBlock],
    },
  ];
}

/** What may be said beside what is asked: with it, and without it. */
interface Wish {
  readonly id: string;
  readonly title: string;
  readonly requires: readonly string[];
  /** What must stand in the request, if it was sent. Absent: the request differs from one without it. */
  readonly word?: string;
  readonly ask: (wished: boolean) => readonly [input: ChatInput, options?: ChatOptions];
}

const text = (said: string): ContentBlock => ({ type: 'text', text: said });

const document = (more: object): ContentBlock => ({
  type: 'document',
  source: { text: 'A report.' },
  ...more,
});

const WISHES: readonly Wish[] = [
  {
    id: 'request.image.detail',
    title: 'how closely an image is to be looked at',
    requires: ['image'],
    ask: (wished) => [
      user({
        type: 'image',
        source: { data: PICTURE, mediaType: 'image/gif' },
        ...(wished ? { detail: 'low' } : {}),
      }),
    ],
  },
  {
    id: 'request.document.text',
    title: 'a document that is given as text',
    requires: ['document'],
    word: WORD,
    ask: () => [user(document({ source: { text: `${WORD}.` } }))],
  },
  {
    id: 'request.document.title',
    title: "a document's title",
    requires: ['document'],
    word: WORD,
    ask: () => [user(document({ title: WORD }))],
  },
  {
    id: 'request.document.title.bytes',
    title: 'the title of a document that is given as bytes',
    requires: ['document'],
    word: WORD,
    ask: () => [
      user(
        document({
          source: { data: Buffer.from('A report.').toString('base64'), mediaType: 'application/pdf' },
          title: WORD,
        }),
      ),
    ],
  },
  {
    id: 'request.document.context',
    title: 'what a document is, given as text',
    requires: ['document'],
    word: WORD,
    ask: () => [user(document({ context: WORD }))],
  },
  {
    id: 'request.document.context.bytes',
    title: 'what a document is, given as bytes',
    requires: ['document'],
    word: WORD,
    ask: () => [
      user(
        document({
          source: { data: Buffer.from('A report.').toString('base64'), mediaType: 'application/pdf' },
          context: WORD,
        }),
      ),
    ],
  },
  {
    id: 'request.document.citations',
    title: 'that a document is to be cited, or is not',
    requires: ['document'],
    ask: (wished) => [user(document({ citations: wished }))],
  },
  {
    id: 'request.document.url',
    title: 'the address of a document',
    requires: ['document'],
    word: `https://example.com/${WORD}.pdf`,
    ask: () => [user(document({ source: { url: `https://example.com/${WORD}.pdf` } }))],
  },
  {
    id: 'request.audio',
    title: 'sound',
    requires: ['audio'],
    word: SOUND,
    ask: () => [user({ type: 'audio', source: { data: SOUND, mediaType: 'audio/wav' } })],
  },
  {
    id: 'request.format.description',
    title: 'what a structured reply is',
    requires: ['structuredOutput', 'wire:schema'],
    word: WORD,
    ask: () => [
      'Hi',
      { responseFormat: { type: 'json', schema: CLOSED.parameters, name: 'city', description: WORD } },
    ],
  },
  {
    id: 'tools.strict',
    title: 'that the model is to be held to the schema of a tool',
    requires: ['tools'],
    ask: (wished) => ['Hi', { tools: [wished ? { ...CLOSED, strict: true } : CLOSED] }],
  },
  ...(['effort', 'budgetTokens', 'summary'] as const).map((member): Wish => ({
    id: `request.reasoning.${member}`,
    title: `\`reasoning.${member}\``,
    requires: [],
    ask: (wished) => {
      const reasoning = { effort: 'low', budgetTokens: 1_024, summary: 'detailed' }[member];
      return ['Hi', { maxOutputTokens: 4_000, ...(wished ? { reasoning: { [member]: reasoning } } : {}) }];
    },
  })),
  {
    id: 'cache-points.ttl',
    title: 'how long the cache of a prompt is to be kept',
    requires: ['caching'],
    ask: (wished) => [
      [{ role: 'user', content: [text('Long.'), { type: 'cache-point', ...(wished ? { ttl: '1h' } : {}) }] }],
    ],
  },
  {
    id: 'tools.result.image',
    title: 'a picture that a tool gave',
    requires: ['tools', 'image'],
    word: PICTURE,
    ask: () => [
      toolResult([text('Look.'), { type: 'image', source: { data: PICTURE, mediaType: 'image/gif' } }]),
      { tools: [WEATHER] },
    ],
  },
  {
    id: 'tools.result.document',
    title: 'a document that a tool gave',
    requires: ['tools'],
    word: WORD,
    ask: () => [toolResult([document({ source: { text: WORD } })]), { tools: [WEATHER] }],
  },
  {
    id: 'back.own-blocks',
    title: "a block of another provider's",
    requires: [],
    word: WORD,
    ask: () => [
      [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: [text('Yes.'), { type: 'stranger:search', said: WORD }] },
        { role: 'user', content: 'On' },
      ],
    ],
  },
];

/** C-08: whatever can be said with a request is sent, or left out with a warning, or refused: never lost in silence. */
export const memberCases: readonly LLMCase[] = [
  ...WISHES.map((wish): LLMCase => ({
    id: wish.id,
    rule: 'C-08',
    title: `sends ${wish.title}, or leaves it out with a warning, or refuses it`,
    requires: wish.requires,
    run: (context) => heard(context, wish),
  })),
  {
    id: 'request.zero',
    rule: 'C-08',
    title: 'takes 0 for a value: a temperature, and a seed',
    requires: [],
    async run(context) {
      const { llm, wire } = await connect(context, respondWith(context.subject.dialect, TEXT));
      const { request } = context.subject.dialect;
      for (const setting of ['temperature', 'seed'] as const) {
        const read = request[setting];
        const { warnings } = await llm.chat('Hi', { [setting]: 0 });
        const body = objectAt(wire.requests.at(-1)?.body);
        const isSent = read === undefined ? stands(0, body) : read(body) === 0;
        context.check.ok(isSent || warnings.length > 0, `${setting}: 0 was left out in silence`);
      }
    },
  },
  {
    id: 'request.edges',
    rule: 'C-08',
    title: 'sends a temperature and a topP of 1 as they are, or says that they were changed',
    requires: [],
    async run(context) {
      const { llm, wire } = await connect(context, respondWith(context.subject.dialect, TEXT));
      const { request } = context.subject.dialect;
      for (const setting of ['temperature', 'topP'] as const) {
        const read = request[setting];
        const { warnings } = await llm.chat('Hi', { [setting]: 1 });
        const body = objectAt(wire.requests.at(-1)?.body);
        const isSent = read === undefined ? stands(1, body) : read(body) === 1;
        context.check.ok(isSent || warnings.length > 0, `${setting}: 1 was changed in silence`);
      }
    },
  },
  {
    id: 'request.system.several',
    rule: 'L-07',
    title: 'sends every system message, wherever it stands',
    requires: [],
    async run(context) {
      const body = await sentBody(context, [
        { role: 'system', content: 'Rule one.' },
        { role: 'system', content: [text('Rule two.')] },
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Yes.' },
        { role: 'system', content: 'Rule three.' },
        { role: 'user', content: 'On' },
      ]);
      const sent = context.subject.dialect.request.messages(body).map((message) => message.text);
      for (const said of ['Rule one.', 'Rule two.', 'Hi', 'Yes.', 'Rule three.', 'On'])
        context.check.equal(sent.filter((each) => each.includes(said)).length, 1, `how often: ${said}`);
    },
  },
  {
    id: 'request.order',
    rule: 'L-07',
    title: 'sends the blocks of a message in their order',
    requires: ['image'],
    async run(context) {
      const body = await sentBody(context, [
        {
          role: 'user',
          content: [
            text('Before it.'),
            { type: 'image', source: { data: PICTURE, mediaType: 'image/gif' } },
            text('Behind it.'),
          ],
        },
      ]);
      const sent = JSON.stringify(body);
      const places = ['Before it.', PICTURE, 'Behind it.'].map((each) => sent.indexOf(each));
      context.check.ok(!places.includes(-1), 'a block was not sent');
      context.check.equal(
        places,
        places.toSorted((a, b) => a - b),
        'their places',
      );
    },
  },
  {
    id: 'request.same-in-streams',
    rule: 'L-07',
    title: 'asks for a stream with all that it asks for a whole reply with',
    requires: ['streaming'],
    async run(context) {
      const { declares, dialect } = context.subject;
      const { llm, wire } = await connect(context, respondWith(dialect, TEXT));
      const options: ChatOptions = {
        temperature: 0.5,
        maxOutputTokens: 2_000,
        seed: 7,
        reasoning: { effort: 'low' },
        tools: declares.tools === true ? [WEATHER] : undefined,
        toolChoice: declares.tools === true && declares.toolChoice === true ? 'required' : undefined,
        stop: declares.stop === true ? ['END'] : undefined,
      };
      const messages: ChatMessage[] = [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ];
      await llm.chat(messages, options);
      await llm.streamChat(messages, options).final();
      const [whole, streamed] = wire.requests.map(({ body }) => objectAt(body));
      for (const [name, value] of Object.entries(whole ?? {}))
        if (name !== 'stream') context.check.equal(streamed?.[name], value, name);
    },
  },
  {
    id: 'tools.results.apart',
    rule: 'L-07',
    title: 'sends the results of tools that stand in messages of their own',
    requires: ['tools'],
    async run(context) {
      const ids = ['callAlpha', 'callBravo', 'callGamma'];
      const body = await sentBody(
        context,
        [
          { role: 'user', content: 'Hi' },
          {
            role: 'assistant',
            content: ids.map((id) => ({
              type: 'tool-call' as const,
              id,
              name: 'weather',
              arguments: { city: id },
            })),
          },
          ...ids.map((id): ChatMessage => ({
            role: 'tool',
            content: [
              { type: 'tool-result', toolCallId: id, content: [{ type: 'text', text: `result of ${id}` }] },
            ],
          })),
        ],
        { tools: [WEATHER] },
      );
      const expected = ids.map((id) => ({ id, text: `result of ${id}` }));
      context.check.equal(context.subject.dialect.request.toolResults(body), expected, 'the results');
    },
  },
  {
    id: 'tools.result.name',
    rule: 'L-07',
    title: 'sends the name of the tool with its result',
    requires: ['tools', 'wire:result-name'],
    async run(context) {
      const body = await sentBody(context, toolResult('Sun.', { toolName: 'weather' }), { tools: [WEATHER] });
      context.check.equal(context.subject.dialect.request.resultNames?.(body), ['weather'], 'the names');
    },
  },
  {
    id: 'back.ids.format',
    rule: 'C-14',
    title: "makes ids of calls fit what its server takes, by `callIds` of the application's",
    requires: ['tools'],
    async run(context) {
      const wire = await context.wire(respondWith(context.subject.dialect, TEXT));
      // No length that an integration has by itself.
      const callIds = { characters: 'alphanumeric', length: 11 } as const;
      const settings = { name: 'conformance', callIds };
      const llm = context.subject.create({ url: wire.url, settings });
      await llm.chat(toolResult('Sun.'), { tools: [WEATHER] });
      const body = objectAt(wire.requests[0]?.body);
      const { request } = context.subject.dialect;
      const [call] = request.toolCalls(body);
      context.check.ok(/^[a-zA-Z0-9]{11}$/.test(call?.id ?? ''), `the id that was sent is ${call?.id}`);
      context.check.equal(request.toolResults(body)[0]?.id, call?.id, 'the id of the result');
    },
  },
];

async function heard(context: LLMCaseContext, { ask, word, title }: Wish): Promise<void> {
  const { check, subject } = context;
  const { llm, wire } = await connect(context, respondWith(subject.dialect, TEXT));
  const call = async (wished: boolean, strict = false) => {
    const before = wire.requests.length;
    const [input, options] = ask(wished);
    try {
      const { warnings } = await llm.chat(input, { ...options, strict });
      return { warnings, body: bodyAt(wire.requests, before) };
    } catch (error) {
      check.ok(isMortiseError(error, 'unsupported'), `${title}: it threw ${String(error)}`);
      check.equal(wire.requests.length, before, `${title}: the requests of what was refused`);
      return undefined;
    }
  };
  const asked = await call(true);
  if (asked === undefined) return;
  const isSent =
    word === undefined
      ? !isDeepStrictEqual(asked.body, (await call(false))?.body)
      : withTexts(JSON.stringify(asked.body)).includes(word);
  const { warnings } = asked;
  check.ok(isSent || warnings.length > 0, `${title}: it was neither sent nor warned of`);
  const isLeftOut = warnings.some(({ type }) => type === 'unsupported-setting');
  const strict = await call(true, true);
  check.equal(strict === undefined, isLeftOut, `${title}: whether it is refused under strict`);
}

function bodyAt(requests: readonly { readonly body: unknown }[], at: number): JsonObject {
  return objectAt(requests[at]?.body);
}
