import { Buffer } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '@mortise/core';
import type { ChatMessage, ChatOptions, ContentBlock } from '@mortise/core/llm';
import { objectAt } from '../dialects/answer.ts';
import type { SentImage } from '../dialects/contract.ts';
import { TEXT } from './answers.ts';
import {
  forEachMethod,
  connect,
  frozen,
  respondWith,
  METHODS,
  type LLMCase,
  type LLMCaseContext,
} from './lab.ts';
import { sentBody, sentOrRefused } from './sent.ts';
import { WEATHER } from './tool-cases.ts';

const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer' } },
  required: ['city', 'days'],
  additionalProperties: false,
};

/** One transparent pixel. */
const GIF = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';

/** Another. */
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

/** What is sent: everything that was asked for, or a refusal before anything is sent. */
export const requestCases: readonly LLMCase[] = [
  {
    id: 'metadata.declared',
    rule: 'L-07',
    title: 'tells applications of the same capabilities as this suite',
    requires: [],
    async run(context) {
      const { llm, wire } = await connect(context, respondWith(context.subject.dialect, TEXT));
      context.check.equal(llm.metadata.capabilities, context.subject.declares, 'metadata.capabilities');
      context.check.ok(llm.provider !== '' && llm.model !== '', 'provider and model have no name');
      context.check.equal(wire.requests.length, 0, 'the requests that metadata took');
    },
  },
  {
    id: 'request.messages',
    rule: 'L-07',
    title: "sends the model's name and every message, in order",
    requires: [],
    async run(context) {
      const { llm, wire } = await connect(context, respondWith(context.subject.dialect, TEXT));
      const messages: ChatMessage[] = [
        { role: 'system', content: 'Be brief. «Ü»' },
        { role: 'user', content: 'Ask "A" 😀\n' },
        { role: 'assistant', content: 'Answer A' },
        { role: 'user', content: [{ type: 'text', text: 'Ask B' }] },
      ];
      await llm.chat(messages);
      const { request } = context.subject.dialect;
      const sent = wire.requests[0]!;
      const body = objectAt(sent.body);
      context.check.equal(request.model(body, sent), llm.model, 'the model');
      const expected = messages.map(({ role, content }) => ({
        role,
        text: typeof content === 'string' ? content : 'Ask B',
      }));
      context.check.equal(request.messages(body), expected, 'the messages');
    },
  },
  {
    id: 'request.not-mutated',
    rule: 'C-05',
    title: 'leaves messages and options as they are',
    requires: [],
    run: (context) =>
      forEachMethod(context, async (method) => {
        const { llm } = await connect(context, respondWith(context.subject.dialect, TEXT));
        const messages = frozen<ChatMessage[]>([
          { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
          { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
        ]);
        const tools = context.subject.declares.tools === true ? [WEATHER] : undefined;
        const options = frozen<ChatOptions>({ maxOutputTokens: 100, temperature: 0.5, tools });
        // Frozen at every depth: a write to them throws.
        const { text } = await METHODS[method](llm, messages, { ...options });
        context.check.ok(text !== '', `${method}: the reply`);
      }),
  },
  {
    id: 'request.max-output-tokens',
    rule: 'L-07',
    title: 'sends maxOutputTokens',
    requires: [],
    async run(context) {
      const body = await sentBody(context, 'Hi', { maxOutputTokens: 123 });
      context.check.equal(context.subject.dialect.request.maxOutputTokens(body), 123, 'maxOutputTokens');
    },
  },
  {
    id: 'request.stop',
    rule: 'C-08',
    title: 'sends stop sequences',
    requires: ['stop'],
    async run(context) {
      const body = await sentBody(context, 'Hi', { stop: ['END', '\n\n'] });
      context.check.equal(context.subject.dialect.request.stop?.(body), ['END', '\n\n'], 'stop');
    },
  },
  {
    id: 'request.seed',
    rule: 'C-08',
    title: 'sends the seed',
    requires: ['seed'],
    async run(context) {
      const body = await sentBody(context, 'Hi', { seed: 7 });
      context.check.equal(context.subject.dialect.request.seed?.(body), 7, 'seed');
    },
  },
  {
    id: 'request.schema',
    rule: 'C-08',
    title: 'sends the schema of a structured reply',
    requires: ['structuredOutput', 'wire:schema'],
    async run(context) {
      const body = await sentBody(context, 'Hi', {
        responseFormat: { type: 'json', name: 'forecast', schema: SCHEMA },
      });
      context.check.equal(context.subject.dialect.request.schema?.(body), SCHEMA, 'the schema');
    },
  },
  {
    id: 'request.json',
    rule: 'C-08',
    title: 'asks for JSON that has no schema, or refuses it before anything is sent',
    requires: ['structuredOutput'],
    async run(context) {
      const plain = await sentBody(context, 'Hi');
      const asked = await sentOrRefused(context, 'Hi', { responseFormat: { type: 'json' } });
      context.check.ok(!isDeepStrictEqual(asked, plain), 'nothing that was sent asks for JSON');
    },
  },
  {
    id: 'request.image',
    rule: 'L-07',
    title: 'sends an image and its media type, given as base64 or as bytes',
    requires: ['image'],
    async run(context) {
      const given = [
        { data: PNG, mediaType: 'image/png', base64: PNG },
        { data: new Uint8Array(Buffer.from(GIF, 'base64')), mediaType: 'image/gif', base64: GIF },
      ];
      for (const { data, mediaType, base64 } of given) {
        const block: ContentBlock = { type: 'image', source: { data, mediaType } };
        const body = await sentBody(context, [
          { role: 'user', content: [{ type: 'text', text: 'Look' }, block] },
        ]);
        const image = imageIn(context, body);
        context.check.equal(image?.data, base64, 'the image');
        context.check.equal(image?.mediaType ?? mediaType, mediaType, 'its media type');
      }
    },
  },
  {
    id: 'request.image.url',
    rule: 'L-07',
    title: 'sends the address of an image as an address, or refuses it before anything is sent',
    requires: ['image'],
    async run(context) {
      const url = 'https://example.com/picture.png';
      const body = await sentOrRefused(context, [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image', source: { url } },
          ],
        },
      ]);
      if (body === undefined) return;
      context.check.ok(JSON.stringify(body).includes(url), 'the address was not sent');
      context.check.ok(imageIn(context, body)?.data !== url, 'the address was sent as base64');
    },
  },
  {
    id: 'request.document',
    rule: 'L-07',
    title: 'sends the bytes of a document',
    requires: ['document', 'wire:document'],
    async run(context) {
      const { mediaType, data } = context.subject.dialect.document ?? PDF;
      const block: ContentBlock = { type: 'document', title: 'report.pdf', source: { data, mediaType } };
      const body = await sentBody(context, [
        { role: 'user', content: [block, { type: 'text', text: 'Read' }] },
      ]);
      context.check.equal(context.subject.dialect.request.document?.(body), data, 'the document');
    },
  },
  {
    id: 'request.provider-options',
    rule: 'C-07',
    title: "sends its own provider options, and nobody else's",
    requires: [],
    async run(context) {
      const { llm, wire } = await connect(context, respondWith(context.subject.dialect, TEXT));
      const providerOptions = { [llm.provider]: { hologram: { depth: 3 } }, stranger: { alien: 1 } };
      await llm.chat('Hi', { providerOptions });
      const body = (wire.requests[0]?.body ?? {}) as Record<string, unknown>;
      context.check.equal(body['hologram'], { depth: 3 }, 'its own option');
      context.check.ok(!JSON.stringify(body).includes('alien'), "another provider's option was sent");
    },
  },
  {
    id: 'request.members',
    rule: 'C-08',
    title: 'sends no setting under a name that the provider does not have',
    requires: ['wire:members'],
    run: (context) =>
      forEachMethod(context, async (method) => {
        const { llm, wire } = await connect(context, respondWith(context.subject.dialect, TEXT));
        const { tools, stop } = context.subject.declares;
        await METHODS[method](llm, 'Hi', {
          temperature: 0.5,
          topP: 0.5,
          seed: 7,
          maxOutputTokens: 2_000,
          reasoning: { effort: 'low', budgetTokens: 1_024 },
          tools: tools === true ? [WEATHER] : undefined,
          stop: stop === true ? ['END'] : undefined,
        });
        const known = new Set(context.subject.dialect.request.members);
        const strange = Object.keys(wire.requests[0]?.body as object).filter((member) => !known.has(member));
        context.check.equal(
          strange,
          [],
          `${method}: members that are not in the dialect's \`request.members\``,
        );
      }),
  },
  {
    id: 'request.refused',
    rule: 'C-08',
    title: 'refuses a requirement that it does not declare before anything is sent',
    requires: [],
    run: (context) => forEachMethod(context, (method) => refusals(context, method)),
  },
];

function imageIn({ subject }: LLMCaseContext, body: JsonObject): Partial<SentImage> | undefined {
  const image = subject.dialect.request.image?.(body);
  return typeof image === 'string' ? { data: image } : image;
}

/** A whole, if empty, document. */
const PDF = { mediaType: 'application/pdf', data: Buffer.from('%PDF-1.4\n%%EOF').toString('base64') };

async function refusals(context: LLMCaseContext, method: keyof typeof METHODS): Promise<void> {
  const { declares, dialect } = context.subject;
  const { llm, wire } = await connect(context, respondWith(dialect, TEXT));
  const refused: [feature: string, isAbsent: boolean, options: ChatOptions, content: ContentBlock[]][] = [
    ['tools', declares.tools === false, { tools: [WEATHER] }, []],
    ['toolChoice', declares.toolChoice === false, { tools: [WEATHER], toolChoice: 'required' }, []],
    ['stop', declares.stop === false, { stop: ['END'] }, []],
    ...(['image', 'document', 'audio'] as const).map(
      (type): [string, boolean, ChatOptions, ContentBlock[]] => [
        type,
        declares.inputModalities?.includes(type) === false,
        {},
        [{ type, source: { data: PNG, mediaType: 'application/octet-stream' } }],
      ],
    ),
  ];
  for (const [feature, isAbsent, options, blocks] of refused) {
    if (!isAbsent) continue;
    const content: ContentBlock[] = [{ type: 'text', text: 'Hi' }, ...blocks];
    await context.check.error(
      METHODS[method](llm, [{ role: 'user', content }], options),
      'unsupported',
      feature,
    );
  }
  // A value that no provider takes is refused everywhere.
  await context.check.error(
    METHODS[method](llm, 'Hi', { temperature: Number.NaN }),
    'invalid-request',
    'temperature',
  );
  context.check.equal(wire.requests.length, 0, 'the requests that were sent');
}
