import { Buffer } from 'node:buffer';
import type { JsonObject } from '@mortise/core';
import type { ChatOptions } from '@mortise/core/llm';
import { objectAt } from '../dialects/answer.ts';
import type { WireAnswer } from '../dialects/contract.ts';
import type { WireRequest } from '../wire.ts';
import { REASONING, TEXT } from './answers.ts';
import { connect, respondWith, type LLMCase, type LLMCaseContext } from './lab.ts';
import { toolResult } from './member-cases.ts';
import { REDACTED, SEALED } from './redacted-cases.ts';
import { withTexts } from './sent.ts';
import { WEATHER } from './tool-cases.ts';

const REPORT = 'The report of the conformance suite.';
const SCHEMA = (name: string) => ({
  type: 'object',
  properties: { [name]: { type: 'string' } },
  required: [name],
  additionalProperties: false,
});

/** what a dialect says of its wire is held against what was sent to it, and what it writes itself. */
export const dialectCases: readonly LLMCase[] = [
  {
    id: 'dialect.reads',
    rule: 'Q-01',
    title: 'reads from a request what stands in it, and nothing else',
    requires: [],
    async run(context) {
      const plain = await requestOf(context, []);
      readsWhatIsThere(context, plain, 'a request that asks for nothing');
      const { declares } = context.subject;
      if (declares.tools !== true) return;
      readsWhatIsThere(
        context,
        await requestOf(context, [toolResult('Sun.', { isError: true })]),
        'a tool loop',
      );
      if (declares.inputModalities?.includes('document') !== true) return;
      const block = { type: 'document' as const, source: { text: REPORT }, title: 'report' };
      const content = [block, { type: 'text' as const, text: 'Read.' }];
      const read = await requestOf(context, [[{ role: 'user', content }]]);
      // A document may be sent as a text beside the others.
      readsWhatIsThere(context, read, 'a document', false);
    },
  },
  {
    id: 'dialect.streams',
    rule: 'Q-01',
    title: 'tells a request for a stream from one for a whole reply',
    requires: ['streaming'],
    async run(context) {
      const { dialect } = context.subject;
      const { llm, wire } = await connect(context, respondWith(dialect, TEXT));
      await llm.chat('Hi');
      await llm.streamChat('Hi').final();
      const asked = wire.requests.map((request) => dialect.streams(request));
      context.check.equal(asked, [false, true], 'of chat and streamChat');
    },
  },
  {
    id: 'dialect.without.requests',
    rule: 'Q-01',
    title: 'does not say of what was sent to it that its wire cannot say it',
    requires: [],
    async run(context) {
      const { declares, dialect, claims = dialect.without } = context.subject;
      const differ = async (word: string, one: Asked, other: Asked): Promise<void> => {
        if (claims[word] === undefined) return;
        const [first, second] = [await requestOf(context, one), await requestOf(context, other)];
        context.check.equal(
          first.body,
          second.body,
          `\`without\` says ${word} ("${claims[word]}"), and the request says it`,
        );
      };
      context.check.ok(dialect.name !== '', 'the dialect has no name');
      if (declares.tools === true) {
        const result = (more: object): Asked => [toolResult('No.', more)];
        await differ('tool-failure', result({ isError: true }), result({ isError: false }));
        await differ('result-name', result({ toolName: 'weather' }), result({ toolName: 'forecast' }));
        const described = (description: string): Asked => ['Hi', { tools: [{ ...WEATHER, description }] }];
        await differ('tool-description', described('One.'), described('Two.'));
      }
      if (declares.tools === true && declares.toolChoice === true)
        await differ(
          'tool-choice',
          ['Hi', { tools: [WEATHER], toolChoice: 'required' }],
          ['Hi', { tools: [WEATHER], toolChoice: 'auto' }],
        );
      if (declares.structuredOutput === 'native') {
        const format = (name: string): Asked => [
          'Hi',
          { responseFormat: { type: 'json', name: 'x', schema: SCHEMA(name) } },
        ];
        await differ('schema', format('one'), format('two'));
      }
    },
  },
  {
    id: 'dialect.without.replies',
    rule: 'Q-01',
    title: 'does not write what it says that its wire cannot say',
    requires: [],
    async run(context) {
      const { dialect, claims = dialect.without } = context.subject;
      const usage = {
        inputTokens: 700_001,
        outputTokens: 80_002,
        cachedInputTokens: 9_003,
        cacheWriteTokens: 1_204,
        reasoningTokens: 3_405,
        toolTokens: 5_606,
      };
      const answer: WireAnswer = { ...REASONING, usage };
      const writes = (word: string, value: unknown, said = answer): void => {
        if (claims[word] === undefined) return;
        const written = [
          JSON.stringify(dialect.body(said)),
          ...dialect.frames(said).map(({ data }) => data),
        ].join('\n');
        context.check.ok(
          !written.includes(String(value)),
          `\`without\` says ${word} ("${claims[word]}"), and the dialect writes ${String(value)}`,
        );
      };
      context.check.ok(dialect.name !== '', 'the dialect has no name');
      writes('created', TEXT.created);
      writes('model', TEXT.model);
      writes('cache-read', usage.cachedInputTokens);
      writes('cache-write', usage.cacheWriteTokens);
      writes('reasoning-tokens', usage.reasoningTokens);
      writes('tool-tokens', usage.toolTokens);
      writes('signature', 'c2lnbmF0dXJlL+==');
      writes('redacted', SEALED, REDACTED);
      writes('unknown-block', 'hologram', { ...TEXT, parts: [...TEXT.parts, { type: 'unknown' }] });
      const cited = (more: object): WireAnswer => ({
        ...TEXT,
        parts: [
          {
            type: 'text',
            pieces: ['Cited.'],
            citations: [{ words: 'Cited.', start: 0, end: 6, title: 'Title-of-it', ...more }],
          },
        ],
      });
      writes('document-citations', 'Title-of-it', cited({ document: 1 }));
      writes('url-citations', 'https://example.com/cited', cited({ url: 'https://example.com/cited' }));
    },
  },
];

type Asked = readonly [] | readonly [input: Parameters<typeof toolResult>[0] | object, options?: ChatOptions];

async function requestOf(context: LLMCaseContext, [input = 'Hi', options = {}]: Asked): Promise<WireRequest> {
  const { llm, wire } = await connect(context, respondWith(context.subject.dialect, TEXT));
  await llm.chat(input as string, {
    ...(typeof input === 'string' ? {} : { tools: toolsOf(context) }),
    ...options,
  });
  return wire.requests[0]!;
}

function toolsOf({ subject }: LLMCaseContext) {
  return subject.declares.tools === true ? [WEATHER] : undefined;
}

/** Whatever is read stands in the request, but for how JSON and escapes write it. */
function readsWhatIsThere(context: LLMCaseContext, sent: WireRequest, what: string, texts = true): void {
  const { request } = context.subject.dialect;
  const body = objectAt(sent.body);
  const haystack = bare(`${decodeURIComponent(sent.path)} ${withTexts(sent.text)}`);
  const check = (reader: string, value: unknown): void => {
    if (value === undefined || value === null || value === '') return;
    const written = bare(typeof value === 'string' ? value : JSON.stringify(value));
    context.check.ok(
      haystack.includes(written),
      `${what}: request.${reader} reads ${JSON.stringify(value)}, which stands nowhere in the request`,
    );
  };
  check('model', request.model(body, sent));
  if (texts) for (const { text } of request.messages(body)) check('messages', text);
  for (const { name, parameters } of request.tools(body)) {
    check('tools', name);
    check('tools', parameters);
  }
  for (const { id, text } of request.toolResults(body)) {
    check('toolResults', id);
    check('toolResults', text);
  }
  for (const call of request.toolCalls(body)) {
    check('toolCalls', call.id);
    check('toolCalls', call.name);
    check('toolCalls', compact(call.arguments));
  }
  check('maxOutputTokens', request.maxOutputTokens(body));
  for (const reader of ['temperature', 'topP', 'reasoning', 'stop', 'seed', 'schema'] as const)
    check(reader, request[reader]?.(body));
  for (const reader of [
    'toolDescriptions',
    'failedResults',
    'resultNames',
    'signatures',
    'redacted',
    'cachePoints',
  ] as const)
    for (const value of request[reader]?.(body) ?? []) check(reader, value);
  for (const { text } of request.documents?.(body) ?? []) check('documents', text);
  const document = request.document?.(body);
  if (document !== undefined && !haystack.includes(bare(document)))
    check('document', Buffer.from(document, 'base64').toString('utf8'));
  const image = request.image?.(body);
  check('image', typeof image === 'string' ? image : image?.data);
}

function compact(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text) as JsonObject);
  } catch {
    return text;
  }
}

function bare(text: string): string {
  return text.replaceAll(/[\\\s]/g, '');
}
