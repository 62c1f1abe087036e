import { fromAISDK, toAISDK } from '@mortise/ai-sdk';
import { isMortiseError, type ChatMessage } from '@mortise/core';
import { ScriptedLLM } from '@mortise/core/testing';
import { expect, test } from 'vitest';
import { finished, languageModel } from './models.ts';

const metadata = (owner: string) => ({ acme: { signature: owner } });

test('signatures, calls of the provider, approvals and unknown kinds go back as they came, through JSON', async () => {
  const content = [
    { type: 'reasoning', text: '', providerMetadata: { acme: { redactedData: 'c2Vj' } } },
    { type: 'text', text: 'Hi.', providerMetadata: metadata('c2ln') },
    { type: 'tool-call', toolCallId: 'c1', toolName: 'now', input: '{}', providerMetadata: metadata('dGhv') },
    { type: 'tool-call', toolCallId: 'p1', toolName: 'search', input: '{"q":"x"}', providerExecuted: true },
    { type: 'tool-result', toolCallId: 'p1', toolName: 'search', result: { hits: 1 }, isError: true },
    { type: 'tool-approval-request', approvalId: 'a1', toolCallId: 'p1' },
    { type: 'custom', kind: 'acme.mark', providerMetadata: { acme: { mark: 1 } } },
    { type: 'hologram', depth: 3 },
  ];
  const model = languageModel('v4', { reply: { content, finishReason: finished('v4', 'tool-calls') } });
  const llm = fromAISDK(model);
  const reply = await llm.chat('Hi');
  expect(reply.toolCalls.map(({ id }) => id)).toEqual(['c1']);
  expect(reply.message.content.map(({ type }) => type).slice(3)).toEqual([
    'ai-sdk:tool-call',
    'ai-sdk:tool-result',
    'ai-sdk:tool-approval-request',
    'ai-sdk:custom',
    'ai-sdk:hologram',
  ]);
  expect(reply.warnings.map(({ message }) => message).join()).toContain('hologram');
  const kept = JSON.parse(JSON.stringify(reply.message)) as ChatMessage;
  const answer = {
    type: 'ai-sdk:tool-approval-response',
    value: { approvalId: 'a1', approved: true },
  } as const;
  const result = { type: 'tool-result', toolCallId: 'c1', content: 'No.', isError: true } as const;
  await llm.chat([{ role: 'user', content: 'Hi' }, kept, { role: 'tool', content: [result, answer] }]);
  const [, assistant, tool] = model.calls[1]?.['prompt'] ?? [];
  expect(assistant.content).toEqual([
    { type: 'reasoning', text: '', providerOptions: { acme: { redactedData: 'c2Vj' } } },
    { type: 'text', text: 'Hi.', providerOptions: metadata('c2ln') },
    { type: 'tool-call', toolCallId: 'c1', toolName: 'now', input: {}, providerOptions: metadata('dGhv') },
    { type: 'tool-call', toolCallId: 'p1', toolName: 'search', input: { q: 'x' }, providerExecuted: true },
    {
      type: 'tool-result',
      toolCallId: 'p1',
      toolName: 'search',
      output: { type: 'error-json', value: { hits: 1 } },
    },
    { type: 'custom', kind: 'acme.mark', providerOptions: { acme: { mark: 1 } } },
  ]);
  expect(tool.content).toEqual([
    { type: 'tool-result', toolCallId: 'c1', toolName: 'now', output: { type: 'error-text', value: 'No.' } },
    { type: 'tool-approval-response', approvalId: 'a1', approved: true },
  ]);
});

test.each([
  ['v2', { data: 'AAAA' }, { data: new URL('https://a.b/c.pdf') }],
  ['v3', { data: 'AAAA' }, { data: new URL('https://a.b/c.pdf') }],
  [
    'v4',
    { data: { type: 'data', data: 'AAAA' } },
    { data: { type: 'url', url: new URL('https://a.b/c.pdf') } },
  ],
] as const)('%s: files are written as the version has them', async (version, image, document) => {
  const model = languageModel(version, { reply: { content: [{ type: 'text', text: 'Hi' }] } });
  const source = { data: 'AAAA', mediaType: 'image/png' };
  await fromAISDK(model).chat([
    {
      role: 'user',
      content: [
        { type: 'image', source },
        { type: 'document', source: { url: 'https://a.b/c.pdf' } },
      ],
    },
  ]);
  expect(model.calls[0]?.['prompt'][0].content).toEqual([
    { type: 'file', mediaType: 'image/png', ...image },
    { type: 'file', mediaType: 'application/pdf', ...document },
  ]);
});

test('counts that mean unknown are left out, and parts are parts', async () => {
  const usage = {
    inputTokens: { total: 20, noCache: 12, cacheRead: 5, cacheWrite: 3 },
    outputTokens: { total: Number.NaN, text: undefined, reasoning: 0 },
    raw: { input: 20 },
  };
  const reply = { content: [{ type: 'text', text: 'Hi' }], usage };
  const response = await fromAISDK(languageModel('v4', { reply })).chat('Hi');
  expect(response.usage).toEqual({
    inputTokens: 20,
    cachedInputTokens: 5,
    cacheWriteTokens: 3,
    raw: { input: 20 },
  });
});

test('errors of theirs have our codes, and waits', async () => {
  const thrown = Object.assign(new Error('Slow down.'), {
    name: 'AI_APICallError',
    statusCode: 429,
    isRetryable: true,
    responseHeaders: { 'retry-after': '7' },
    responseBody: '{"error":{"message":"Slow down."}}',
  });
  const model = { ...languageModel('v4', {}), doGenerate: () => Promise.reject(thrown) };
  const failing = (given: typeof model) =>
    fromAISDK(given, { retry: false })
      .chat('Hi')
      .catch((e: unknown) => e);
  expect(await failing(model)).toMatchObject({
    code: 'rate-limit',
    status: 429,
    retryAfterMs: 7000,
    retryable: true,
  });
  const final = Object.assign(new Error('No.'), thrown, { isRetryable: false });
  expect(await failing({ ...model, doGenerate: () => Promise.reject(final) })).toMatchObject({
    retryable: false,
  });
  const missing = Object.assign(new Error('No key.'), { name: 'AI_LoadAPIKeyError' });
  const error = await failing({ ...model, doGenerate: () => Promise.reject(missing) });
  expect(isMortiseError(error, 'configuration')).toBe(true);
});

test('a requirement that theirs tells it left out is refused', async () => {
  const warnings = [{ type: 'unsupported', feature: 'stopSequences' }];
  const model = languageModel('v4', { reply: { content: [{ type: 'text', text: 'Hi' }], warnings } });
  const error = await fromAISDK(model)
    .chat('Hi', { stop: ['.'] })
    .catch((e: unknown) => e);
  expect(isMortiseError(error, 'unsupported')).toBe(true);
});

test('what is no model is refused where it is given', () => {
  expect(() => fromAISDK('openai/gpt' as never)).toThrow(/takes a model/);
  expect(() => fromAISDK({ ...languageModel('v4', {}), specificationVersion: 'v9' as never })).toThrow(/v9/);
  expect(() => toAISDK({} as never)).toThrow(/takes a language model/);
});

test.each(['v4', 'v3'] as const)('%s of ours: warnings, finish and usage in their words', async (version) => {
  const usage = { inputTokens: 9, cachedInputTokens: 4, outputTokens: 5, reasoningTokens: 2 };
  const llm = new ScriptedLLM({ replies: ['Hi'], usage });
  const reply = await toAISDK(llm, { specificationVersion: version }).doGenerate({
    prompt: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
    topK: 3,
    headers: { 'user-agent': 'ai/7' },
  });
  expect(reply.warnings.map((warning) => 'feature' in warning && warning.feature)).toEqual(['topK']);
  expect(reply.usage).toEqual({
    inputTokens: { total: 9, noCache: 5, cacheRead: 4, cacheWrite: undefined },
    outputTokens: { total: 5, text: 3, reasoning: 2 },
  });
  expect(reply.finishReason.unified).toBe('stop');
});
