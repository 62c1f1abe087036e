import { fromAISDK, toAISDK } from '@mortise/ai-sdk';
import { approvalsFromResume } from '@mortise/ai-sdk/ag-ui';
import { approvalsFromUIMessages, fromUIMessages, toUIMessages } from '@mortise/ai-sdk/ui';
import { HashEmbedding, ScriptedLLM } from '@mortise/core/testing';
import { call, fuzz } from './fuzz.ts';

const finishReason = { unified: 'stop', raw: 'stop' };
const usage = { inputTokens: { total: 3, cacheRead: 1 }, outputTokens: { total: 2 }, raw: { a: 1 } };
const retry = { maxAttempts: 1, baseDelayMs: 1 };
const bounds = () => ({ retry, timeoutMs: 300, deadlineMs: 400 });

const content = () => [
  { type: 'reasoning', text: 'So.', providerMetadata: { acme: { signature: 'x' } } },
  { type: 'text', text: 'Hi', citations: [{ source: { sourceType: 'url', id: '1', url: 'https://a.b' } }] },
  { type: 'tool-call', toolCallId: 'a', toolName: 'find', input: '{"q":1}' },
  { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'AAAA' } },
  { type: 'later', of: ['what'] },
];

const parts = () => [
  { type: 'stream-start', warnings: [{ type: 'unsupported', feature: 'seed' }] },
  { type: 'response-metadata', id: 'r', modelId: 'm', timestamp: '2026-11-29T00:00:00Z' },
  { type: 'text-start', id: '0' },
  { type: 'text-delta', id: '0', delta: 'Hi' },
  { type: 'text-end', id: '0' },
  { type: 'tool-input-start', id: 'a', toolName: 'find' },
  { type: 'tool-input-delta', id: 'a', delta: '{}' },
  { type: 'tool-call', toolCallId: 'a', toolName: 'find', input: '{}' },
  { type: 'source', sourceType: 'url', id: '1', url: 'https://a.b' },
  { type: 'finish', finishReason, usage },
];

const model = (reply: unknown, streamed: unknown) =>
  ({
    specificationVersion: 'v4',
    provider: 'acme.chat',
    modelId: 'acme-1',
    doGenerate: async () => reply,
    doStream: async () => ({
      stream: ReadableStream.from(Array.isArray(streamed) ? streamed : [streamed]),
    }),
  }) as never;

const prompt = () => [
  { role: 'system', content: 'Be short.' },
  {
    role: 'user',
    content: [
      { type: 'text', text: 'What?' },
      { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'AAAA' } },
    ],
  },
  { role: 'assistant', content: [{ type: 'tool-call', toolCallId: 'a', toolName: 'find', input: {} }] },
  {
    role: 'tool',
    content: [
      { type: 'tool-result', toolCallId: 'a', toolName: 'find', output: { type: 'json', value: [1] } },
    ],
  },
];

const settings = () => ({
  temperature: 0.5,
  stopSequences: ['.'],
  toolChoice: { type: 'auto' },
  headers: { a: 'b' },
});

const page = (): [unknown] => [
  [
    { id: '1', role: 'user', parts: [{ type: 'text', text: 'Pay.' }] },
    {
      id: '2',
      role: 'assistant',
      parts: [
        { type: 'step-start' },
        {
          ...{ type: 'tool-pay', toolCallId: 'a', state: 'approval-responded', input: { sum: 1 } },
          approval: { id: 't', approved: false, reason: 'No.' },
        },
      ],
    },
  ],
];

/** What theirs gets is an error of theirs, with ours as its cause. */
async function ours<T>(promise: Promise<T>): Promise<T> {
  return promise.catch((error: unknown) => Promise.reject((error as Error).cause ?? error));
}

fuzz('integrations/ai-sdk', [
  call(
    'fromAISDK, whole replies',
    () => [{ content: content(), finishReason, usage, warnings: [], response: { id: 'r' } }, bounds()],
    (reply, options) => fromAISDK(model(reply, []), options as never).chat('Hi'),
  ),
  call(
    'fromAISDK, streams',
    () => [parts(), bounds()],
    (streamed, options) =>
      fromAISDK(model({}, streamed), options as never)
        .streamChat('Hi')
        .final(),
  ),
  call(
    'toAISDK, whole replies',
    () => [prompt(), settings()],
    (messages, more) =>
      ours(
        toAISDK(new ScriptedLLM({ replies: () => 'Hi' })).doGenerate({
          ...(more as object),
          prompt: messages,
        }),
      ),
  ),
  call(
    'toAISDK, calls of V2',
    () => [
      prompt(),
      { ...settings(), tools: [{ type: 'provider-defined', id: 'a.b', name: 'b', args: {} }] },
    ],
    (messages, more) =>
      ours(
        toAISDK(new ScriptedLLM({ replies: () => 'Hi' }), { specificationVersion: 'v2' }).doGenerate({
          ...(more as object),
          prompt: messages,
        }),
      ),
  ),
  call(
    'toAISDK, embeddings',
    () => [['a', 'b']],
    (values) => ours(toAISDK(new HashEmbedding({ dimensions: 4 })).doEmbed({ values })),
  ),
  call(
    'messages for a page',
    () => [
      [
        { role: 'user' as const, content: 'Pay.' },
        {
          role: 'assistant' as const,
          content: [{ type: 'tool-call' as const, id: 'a', name: 'pay', arguments: { sum: 1 } }],
        },
      ],
      { show: { approvals: true }, approvals: [{ callId: 'a', name: 'pay', arguments: {}, token: 't' }] },
    ],
    (messages, options) => toUIMessages(messages, options),
  ),
  call('messages of a page', page, (messages) => fromUIMessages(messages)),
  call('decisions of a page', page, (messages) => approvalsFromUIMessages(messages)),
  call(
    'answers to interrupts',
    () => [[{ interruptId: 'a:t', status: 'resolved', payload: { approved: true, reason: 'Yes.' } }]],
    (resume) => approvalsFromResume(resume),
  ),
]);
