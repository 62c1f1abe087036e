import { fromAISDK, toAISDK, type InputLanguageCall } from '@mortise/ai-sdk';
import { HashEmbedding, ScriptedLLM } from '@mortise/core/testing';
import { expect, test } from 'vitest';

const usage = {
  inputTokens: 9,
  outputTokens: 5,
  totalTokens: 14,
  cachedInputTokens: 4,
  cacheWriteTokens: 2,
  raw: { input: 9 },
};
const finishReason = { unified: 'pause', raw: 'pause_turn' };
const ran = {
  type: 'ai-sdk:tool-result',
  value: { toolCallId: 'p1', toolName: 'search', result: { hits: 0 } },
} as const;
const asks = {
  type: 'ai-sdk:tool-approval-request',
  value: { approvalId: 'a1', toolCallId: 'p1' },
} as const;
const content = [{ type: 'text', text: 'Hi.' }, ran, asks] as never;
const v2 = { specificationVersion: 'v2' } as const;
const call: InputLanguageCall = {
  prompt: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
  topK: 3,
  tools: [{ type: 'provider-defined', id: 'acme.search', name: 'search', args: { depth: 1 } } as never],
};

const told = { mortise: { finishReason, usage } };
const end = { finishReason: 'other', providerMetadata: told };
const counts = { inputTokens: 9, outputTokens: 5, totalTokens: 14, cachedInputTokens: 4 };
const parts = [
  { type: 'tool-result', toolCallId: 'p1', toolName: 'search', result: { hits: 0 }, providerExecuted: true },
  { type: 'reasoning', text: '', providerMetadata: { mortise: { block: { ...asks, owner: 'scripted' } } } },
];

test('a reply of V2 has flat counts, a word for its end, and what it has no place for beside them', async () => {
  const llm = new ScriptedLLM({ replies: [{ content, finishReason, usage }] });
  const reply = await toAISDK(llm, v2).doGenerate(call);
  expect(reply).toMatchObject({ ...end, content: [{ type: 'text', text: 'Hi.' }, ...parts] });
  expect(reply.usage).toEqual(counts);
  expect(reply.warnings).toEqual([
    { type: 'unsupported-setting', setting: 'topK', details: expect.stringContaining('topK') },
    {
      type: 'unsupported-tool',
      tool: { type: 'provider-defined', id: 'acme.search', name: 'search', args: { depth: 1 } },
      details: expect.stringContaining('acme.search'),
    },
  ]);
});

test('a stream of V2 comes to the same', async () => {
  const llm = new ScriptedLLM({ replies: [{ content, finishReason, usage }] });
  const { stream } = await toAISDK(llm, v2).doStream(call);
  const streamed: object[] = [];
  for await (const part of stream) streamed.push(part);
  expect(streamed[0]).toMatchObject({ type: 'stream-start', warnings: [{ setting: 'topK' }, { tool: {} }] });
  expect(streamed.at(-1)).toEqual({ type: 'finish', usage: counts, ...end });
  const [result, silent] = parts;
  expect(streamed).toContainEqual(result);
  expect(streamed).toContainEqual(
    expect.objectContaining({ type: 'reasoning-end', providerMetadata: silent?.providerMetadata }),
  );
});

test('V2 and back: counts, the end and blocks are what they were', async () => {
  const llm = new ScriptedLLM({ replies: [{ content, finishReason, usage }, 'Bye.'] });
  const again = fromAISDK(toAISDK(llm, v2));
  const reply = await again.chat('Hi');
  expect([reply.usage, reply.finishReason]).toEqual([usage, finishReason]);
  await again.chat([{ role: 'user', content: 'Hi' }, reply.message, { role: 'user', content: 'And?' }]);
  expect(llm.requests[1]?.messages[1]?.content).toContainEqual(asks);
});

test('that a tool is strict is said to be left out, since V2 has no place for it', async () => {
  const llm = fromAISDK(toAISDK(new ScriptedLLM({ replies: ['Hi'] }), v2));
  const { warnings } = await llm.chat('Hi', {
    tools: [{ name: 'now', parameters: { type: 'object' }, strict: true }],
  });
  expect(warnings).toMatchObject([{ type: 'unsupported-setting', setting: 'tools.strict' }]);
});

test('warnings of embeddings stand where V2 has a place', async () => {
  const model = toAISDK(new HashEmbedding({ dimensions: 4 }), v2);
  const { providerMetadata } = await model.doEmbed({ values: ['tides'], headers: { 'x-team': 'moon' } });
  expect(providerMetadata).toMatchObject({ mortise: { warnings: [{ feature: 'headers' }] } });
  expect((await model.doEmbed({ values: ['tides'] })).providerMetadata).toBeUndefined();
});
