import {
  approvalsFromUIMessages,
  fromUIMessages,
  toUIMessageStreamResponse,
  toUIMessages,
  type UIMessageStreamOptions,
  type UISource,
  type UIToolsOf,
} from '@mortise/ai-sdk/ui';
import {
  createResponseStream,
  createTextNode,
  MortiseError,
  toolCallBlock,
  type ContentBlock,
  type ResponseStreamEvent,
} from '@mortise/core';
import { ScriptedLLM } from '@mortise/core/testing';
import { agentTool, streamTools, tool } from '@mortise/toolkit';
import {
  convertToModelMessages,
  lastAssistantMessageIsCompleteWithApprovalResponses,
  parseJsonEventStream,
  readUIMessageStream,
  uiMessageChunkSchema,
  validateUIMessages,
  type UIDataTypes,
  type UIMessage,
  type UIMessageChunk,
} from 'ai';
import * as ai5 from 'ai-5';
import * as ai6 from 'ai-6';
import * as ai6Lowest from 'ai-6-lowest';
import * as ai7Lowest from 'ai-7-lowest';
import { expect, expectTypeOf, test } from 'vitest';

/** The chunks as their parser and their schema take them. */
async function chunksOf(response: Response): Promise<UIMessageChunk[]> {
  expect(response.headers.get('x-vercel-ai-ui-message-stream')).toBe('v1');
  const parsed = parseJsonEventStream({ stream: response.body!, schema: uiMessageChunkSchema });
  const chunks: UIMessageChunk[] = [];
  for await (const each of parsed) {
    if (!each.success) throw each.error;
    chunks.push(each.value);
  }
  return chunks;
}

/** The message that their reader makes of the chunks. */
async function messageOf(chunks: readonly UIMessageChunk[]): Promise<UIMessage> {
  let message: UIMessage | undefined;
  const stream = ReadableStream.from(chunks) as ReadableStream<UIMessageChunk>;
  for await (const each of readUIMessageStream({ stream, terminateOnError: true })) message = each;
  // As their page sends it back.
  return JSON.parse(JSON.stringify(message)) as UIMessage;
}

const content: ContentBlock[] = [
  { type: 'reasoning', text: 'Hm.', signature: 'sig', id: 'r1' },
  {
    type: 'text',
    text: 'It is noon.',
    citations: [{ type: 'citation', url: 'https://a.example/', title: 'A', quote: 'noon' }],
  },
  { type: 'image', source: { data: Uint8Array.of(1, 2, 3), mediaType: 'image/png' } },
];

test('a chat is the message that useChat shows', async () => {
  const llm = new ScriptedLLM({ replies: [content], usage: { inputTokens: 3, outputTokens: 4 } });
  const show = { reasoning: true, sources: true };
  const chunks = await chunksOf(toUIMessageStreamResponse(llm.streamChat('x'), { show, messageId: 'm1' }));
  expect(await messageOf(chunks)).toEqual({
    id: 'm1',
    role: 'assistant',
    metadata: { usage: { inputTokens: 3, outputTokens: 4, totalTokens: 7 } },
    parts: [
      { type: 'step-start' },
      { type: 'reasoning', id: 'reasoning-1-0', text: 'Hm.', state: 'done' },
      { type: 'text', text: 'It is noon.', state: 'done' },
      { type: 'source-url', sourceId: 'https://a.example/', url: 'https://a.example/', title: 'A' },
      {
        type: 'data-citation',
        id: 'citation-1',
        data: { quote: 'noon', url: 'https://a.example/', title: 'A' },
      },
      { type: 'file', mediaType: 'image/png', url: 'data:image/png;base64,AQID' },
    ],
  });
  expect(chunks.at(-1)).toMatchObject({ type: 'finish', finishReason: 'stop' });
});

test('what is not asked for is not in it', async () => {
  const llm = new ScriptedLLM({ replies: [content] });
  const text = await toUIMessageStreamResponse(llm.streamChat('x')).text();
  expect(text).not.toMatch(/Hm\.|sig|"quote"/);
});

test('a completion is a message of one text', async () => {
  const stream = new ScriptedLLM({ replies: ['one two'] }).streamComplete('x');
  const { parts } = await messageOf(await chunksOf(toUIMessageStreamResponse(stream)));
  expect(parts).toEqual([{ type: 'step-start' }, { type: 'text', text: 'one two', state: 'done' }]);
});

const parameters = { type: 'object', properties: { at: { type: 'string' } } };
const clock = tool({ name: 'clock', description: 'x', parameters, execute: () => ({ hour: 12 }) });
const broken = tool({
  name: 'broken',
  description: 'x',
  parameters,
  execute: () => Promise.reject(new Error('ENOENT /etc')),
});

test('a loop of tools is a message of steps, and goes back as it came', async () => {
  const signed = {
    ...toolCallBlock('a', 'clock', '{"at":"here"}'),
    providerMetadata: { google: { thought: 's' } },
  };
  const replies = [[...content.slice(0, 1), signed, toolCallBlock('b', 'broken', '{')], 'Noon.'];
  const stream = streamTools(new ScriptedLLM({ replies }), 'x', { tools: [clock, broken] });
  const show = { reasoning: true, metadata: true };
  const message = await messageOf(await chunksOf(toUIMessageStreamResponse(stream, { show })));
  expect(message.parts).toMatchObject([
    { type: 'step-start' },
    { type: 'reasoning', text: 'Hm.' },
    { type: 'tool-clock', state: 'output-available', input: { at: 'here' }, output: '{"hour":12}' },
    { type: 'tool-broken', state: 'output-error', errorText: 'The tool failed.' },
    { type: 'step-start' },
    { type: 'text', text: 'Noon.' },
  ]);
  // Theirs takes it too.
  expect(await convertToModelMessages([message])).toHaveLength(3);
  const [first, results, last] = fromUIMessages([message]);
  expect(first).toEqual({
    role: 'assistant',
    content: [
      { type: 'reasoning', text: 'Hm.', signature: 'sig', id: 'r1', owner: 'scripted' },
      { ...signed, owner: 'scripted' },
      { type: 'tool-call', id: 'b', name: 'broken', arguments: {}, invalid: true, argumentsText: '{' },
    ],
  });
  expect(results).toEqual({
    role: 'tool',
    content: [
      { type: 'tool-result', toolCallId: 'a', toolName: 'clock', content: '{"hour":12}' },
      {
        type: 'tool-result',
        toolCallId: 'b',
        toolName: 'broken',
        content: 'The tool failed.',
        isError: true,
      },
    ],
  });
  expect(last).toEqual({ role: 'assistant', content: [{ type: 'text', text: 'Noon.' }] });
});

test('an answer from documents has its sources and its checked quotes', async () => {
  const nodes = [
    createTextNode({ id: 'n1', text: 'secret', metadata: { title: 'A', url: 'https://a.example/' } }),
    createTextNode({ id: 'n2', text: 'secret', metadata: { title: 'B', url: 'javascript:alert(1)' } }),
  ];
  const sources = nodes.map((node) => ({ node, score: 1 }));
  const citation = { number: 1, start: 4, end: 7, nodeId: 'n1', quote: 'noon' };
  const response = {
    ...{ text: 'Noon [1].', sources, citations: [citation], outcome: 'answered', warnings: [], metadata: {} },
    finishReason: { unified: 'length', raw: 'max_tokens' },
  };
  const events: ResponseStreamEvent[] = [
    { type: 'sources', sources },
    { type: 'text-delta', delta: 'Noon [1].' },
    { type: 'citation', citation },
    { type: 'finish', response },
  ];
  const stream = createResponseStream({
    name: 'query',
    async *events() {
      yield* events;
    },
  });
  const show = { sources: ['title', 'url'] };
  const chunks = await chunksOf(toUIMessageStreamResponse(stream, { show }));
  const message = await messageOf(chunks);
  expect(message.parts).toEqual([
    { type: 'step-start' },
    { type: 'source-url', sourceId: 'n1', url: 'https://a.example/', title: 'A' },
    { type: 'source-document', sourceId: 'n2', mediaType: 'text/plain', title: 'B' },
    { type: 'text', text: 'Noon [1].', state: 'done' },
    { type: 'data-citation', id: 'citation-1', data: citation },
  ]);
  expect(chunks.at(-1)).toMatchObject({ type: 'finish', finishReason: 'length' });
  expect(fromUIMessages([message])).toEqual([
    {
      role: 'assistant',
      content: [
        {
          type: 'text',
          text: 'Noon [1].',
          citations: [
            { type: 'citation', url: 'https://a.example/', title: 'A', source: 'n1' },
            { type: 'citation', title: 'B', source: 'n2' },
            { type: 'citation', quote: 'noon', source: 'n1', start: 4, end: 7 },
          ],
        },
      ],
    },
  ]);
});

test('a failure is an error part, and an abort says so', async () => {
  const error = new MortiseError('rate-limit', 'http://10.0.0.1');
  const failing = new ScriptedLLM({ replies: [error], retry: false }).streamChat('x');
  expect(await chunksOf(toUIMessageStreamResponse(failing))).toEqual([
    { type: 'error', errorText: 'The stream failed: rate-limit.' },
  ]);
  const stopped = new ScriptedLLM({ replies: ['x'] }).streamChat('x');
  const signal = AbortSignal.abort();
  expect(await chunksOf(toUIMessageStreamResponse(stopped, { signal }))).toEqual([{ type: 'abort' }]);
});

type Version = typeof ai5 | typeof ai6 | typeof ai6Lowest | typeof ai7Lowest;

/** The message of a page with that version, which may be one that goes on. */
async function readBy(
  ai: Version,
  stream: UISource,
  options: UIMessageStreamOptions,
  message?: UIMessage,
): Promise<UIMessage> {
  const { body } = toUIMessageStreamResponse(stream, options);
  const parsed = ai.parseJsonEventStream({ stream: body!, schema: ai.uiMessageChunkSchema as never });
  const chunks: unknown[] = [];
  for await (const each of parsed) {
    if (!each.success) throw each.error;
    chunks.push(each.value);
  }
  const { readUIMessageStream } = ai as Pick<typeof ai7Lowest, 'readUIMessageStream'>;
  const read = ReadableStream.from(chunks) as never;
  let last = message;
  const begun = message === undefined ? {} : { message: message as never };
  for await (const each of readUIMessageStream({ stream: read, terminateOnError: true, ...begun }))
    last = each;
  return JSON.parse(JSON.stringify(last)) as UIMessage;
}

test.each([
  ['7.0.0', ai7Lowest],
  ['6', ai6],
  ['6.0.0', ai6Lowest],
  ['5', ai5],
])('a loop of tools is a message for ai %s too', async (_version, ai) => {
  const replies = [
    [...content, toolCallBlock('a', 'clock', '{"at":"here"}'), toolCallBlock('b', 'broken', '{')],
    'Noon.',
  ];
  const stream = streamTools(new ScriptedLLM({ replies }), 'x', { tools: [clock, broken] });
  const show = { reasoning: true, metadata: true, sources: true };
  const message = await readBy(ai, stream, { show });
  expect(message.parts).toMatchObject([
    { type: 'step-start' },
    { type: 'reasoning', text: 'Hm.', providerMetadata: { mortise: { signature: 'sig' } } },
    { type: 'text', text: 'It is noon.' },
    { type: 'source-url', url: 'https://a.example/' },
    { type: 'data-citation' },
    { type: 'file', mediaType: 'image/png' },
    { type: 'tool-clock', state: 'output-available', output: '{"hour":12}' },
    { type: 'tool-broken', state: 'output-error' },
    { type: 'step-start' },
    { type: 'text', text: 'Noon.' },
  ]);
});

const approvalKey = 'a key of the application';
const pay = tool({ name: 'pay', description: 'x', parameters, needsApproval: true, execute: () => 'paid' });

test.each([
  ['7.0.0', ai7Lowest],
  ['6', ai6],
  ['6.0.0', ai6Lowest],
])('what a page of ai %s is asked comes back with its decision, and the run goes on', async (_v, ai) => {
  const show = { approvals: true };
  const options = { tools: [pay, clock], approvalKey };
  const replies = [[toolCallBlock('a', 'pay', '{}'), toolCallBlock('b', 'pay', '{"at":"x"}')]];
  const asked = streamTools(new ScriptedLLM({ replies }), 'x', options);
  const page = await readBy(ai, asked, { show });
  expect(page.parts).toMatchObject([
    { type: 'step-start' },
    { type: 'tool-pay', state: 'approval-requested' },
    { type: 'tool-pay', state: 'approval-requested' },
  ]);
  // As a page that is loaded anew has it.
  const { messages, approvals } = await asked.final();
  expect(approvals).toHaveLength(2);
  const loaded = toUIMessages(messages.slice(0, 2), { show, approvals });
  expect(loaded[1]?.parts).toEqual(page.parts);
  await validateUIMessages({ messages: loaded });

  // What addToolApprovalResponse does.
  const decided = page.parts.map((part, at) =>
    'approval' in part
      ? { ...part, state: 'approval-responded', approval: { ...part.approval, approved: at === 1 } }
      : part,
  );
  const answered = { ...page, parts: decided } as UIMessage;
  expect(lastAssistantMessageIsCompleteWithApprovalResponses({ messages: [answered] })).toBe(true);
  const given = approvalsFromUIMessages([answered]);
  const goesOn = new ScriptedLLM({ replies: ['Done.'] });
  const resumed = streamTools(goesOn, asked.state, { ...options, approvals: given });
  const end = await readBy(ai, resumed, { show }, answered);
  expect(end.parts).toMatchObject([
    { type: 'step-start' },
    { type: 'tool-pay', state: 'output-available', output: 'paid' },
    { type: 'tool-pay', state: 'output-denied' },
    { type: 'step-start' },
    { type: 'step-start' },
    { type: 'text', text: 'Done.' },
  ]);
  expect(lastAssistantMessageIsCompleteWithApprovalResponses({ messages: [end] })).toBe(false);
});

test.each([
  ['7.0.0', ai7Lowest],
  ['6', ai6],
  ['6.0.0', ai6Lowest],
  ['5', ai5],
])('an agent that is a tool adds nothing to a message of ai %s', async (_version, ai) => {
  const inner = new ScriptedLLM({ replies: [[toolCallBlock('i', 'clock', '{}')], 'Noon.'] });
  const research = agentTool({ name: 'research', description: 'x', llm: inner, tools: [clock] });
  const llm = new ScriptedLLM({ replies: [[toolCallBlock('o', 'research', '{"task":"t"}')], 'Done.'] });
  const message = await readBy(ai, streamTools(llm, 'x', { tools: [research] }), {});
  expect(message.parts).toMatchObject([
    { type: 'step-start' },
    { type: 'tool-research', state: 'output-available', output: 'Noon.' },
    { type: 'step-start' },
    { type: 'text', text: 'Done.' },
  ]);
});

test.each([
  ['7.0.0', ai7Lowest],
  ['6', ai6],
  ['6.0.0', ai6Lowest],
])('what an agent inside asks a page of ai %s comes back with its decision too', async (_version, ai) => {
  const show = { approvals: true };
  const run = (llm: ScriptedLLM, inner: ScriptedLLM) => {
    const payer = agentTool({ name: 'payer', description: 'x', llm: inner, tools: [pay] });
    return { llm, options: { tools: [payer], approvalKey } };
  };
  const asks = run(
    new ScriptedLLM({ replies: [[toolCallBlock('o', 'payer', '{"task":"t"}')]] }),
    new ScriptedLLM({ replies: [[toolCallBlock('p', 'pay', '{}')]] }),
  );
  const asked = streamTools(asks.llm, 'x', asks.options);
  const page = await readBy(ai, asked, { show });
  const { messages, approvals } = await asked.final();
  const loaded = toUIMessages(messages.slice(0, 2), { show, approvals });
  expect(loaded[1]?.parts).toEqual(page.parts);
  await validateUIMessages({ messages: loaded });
  const decided = page.parts.map((part) =>
    'approval' in part
      ? { ...part, state: 'approval-responded', approval: { ...part.approval, approved: true } }
      : part,
  );
  const answered = { ...page, parts: decided } as UIMessage;
  expect(lastAssistantMessageIsCompleteWithApprovalResponses({ messages: [answered] })).toBe(true);
  const goesOn = run(new ScriptedLLM({ replies: ['Done.'] }), new ScriptedLLM({ replies: ['Paid it.'] }));
  const given = approvalsFromUIMessages([answered]);
  const resumed = streamTools(goesOn.llm, asked.state, { ...goesOn.options, approvals: given });
  const end = await readBy(ai, resumed, { show }, answered);
  expect(end.parts.filter(({ type }) => type !== 'step-start')).toMatchObject([
    { type: 'tool-payer', state: 'output-available', output: 'Paid it.' },
    { type: 'tool-pay', state: 'output-available', output: 'paid' },
    { type: 'text', text: 'Done.' },
  ]);
});

test('the tools of a run type the parts of a page', () => {
  type Part = UIMessage<unknown, UIDataTypes, UIToolsOf<typeof clock | typeof pay>>['parts'][number];
  type Clock = Extract<Part, { type: 'tool-clock'; state: 'output-available' }>;
  expectTypeOf<Clock['output']>().toEqualTypeOf<{ hour: number }>();
});
