import { ScriptedLLM } from '@mortise/core/testing';
import { isMortiseError, MortiseError } from '@mortise/core';
import { expect, test } from 'vitest';
import { asOurs, asTheirs, embedded, guarded, retriedByThem, settings } from '../ai-sdk.ts';

type Call = Record<string, unknown>;

/** Their provider by hand: it remembers its calls. */
function provider() {
  const calls: Call[] = [];
  const finishReason = { unified: 'stop', raw: 'stop' };
  const model = (modelId: string) => ({
    specificationVersion: 'v4' as const,
    provider: 'openai.responses',
    modelId,
    async doGenerate(call: object) {
      calls.push({ ...call });
      return { content: [{ type: 'text', text: 'Scattered light.' }], finishReason, usage: {}, warnings: [] };
    },
    async doStream(call: object) {
      calls.push({ ...call });
      const parts = [
        { type: 'text-start', id: '0' },
        { type: 'text-delta', id: '0', delta: 'Scattered light.' },
        { type: 'text-end', id: '0' },
        { type: 'finish', finishReason, usage: {} },
      ];
      return { stream: ReadableStream.from(parts) as ReadableStream<unknown> };
    },
  });
  const embedding = (modelId: string) => ({
    specificationVersion: 'v4' as const,
    provider: 'openai.embedding',
    modelId,
    maxEmbeddingsPerCall: 2,
    supportsParallelCalls: true,
    doEmbed: async ({ values }: { readonly values: readonly string[] }) => ({
      embeddings: values.map((value) => [value.length, 1]),
      warnings: [],
    }),
  });
  return { calls, openai: Object.assign(model, { embedding }) };
}

test('a model of theirs is a model of ours', async () => {
  const { calls, openai } = provider();
  expect(await asOurs(openai)).toBe('Scattered light.');
  expect(calls[0]?.['prompt']).toEqual([
    { role: 'user', content: [{ type: 'text', text: 'Why is the sky blue?' }] },
  ]);
  expect(await guarded(() => openai)).toBe('Scattered light.');
});

test('embeddings come in the order of the texts', async () => {
  const vectors = await embedded(provider().openai, ['a', 'bbb', 'cc']);
  expect(vectors.map((vector) => vector[0])).toEqual([1, 3, 2]);
});

test('options go to the provider under their names, and into the call', async () => {
  const { calls, openai } = provider();
  await settings(openai);
  expect(calls[0]).toMatchObject({
    topK: 40,
    headers: { 'x-team': 'moon' },
    providerOptions: { openai: { parallelToolCalls: false } },
  });
  expect(calls[0]?.['providerOptions']).not.toHaveProperty('ai-sdk');
});

test('a chain of ours is a model of theirs', async () => {
  const down = new ScriptedLLM({ replies: [new MortiseError('quota', 'Spent.')] });
  const up = new ScriptedLLM({ replies: ['Scattered light.'] });
  const generateText = async ({ model, prompt }: { model: any; prompt: string }) => {
    const reply = await model.doGenerate({
      prompt: [{ role: 'user', content: [{ type: 'text', text: prompt }] }],
    });
    return { text: reply.content[0].text as string };
  };
  expect(await asTheirs(generateText, down, up)).toBe('Scattered light.');
});

test('a failure of a model that makes one attempt may be tried again by theirs', async () => {
  const replies = [new MortiseError('overloaded', 'Busy.', { retryAfterMs: 20 })];
  const model = retriedByThem(new ScriptedLLM({ replies, retry: false }));
  const error = await model.doGenerate({ prompt: [{ role: 'user', content: [] }] }).catch((e: unknown) => e);
  expect(error).toMatchObject({
    name: 'AI_APICallError',
    statusCode: 503,
    isRetryable: true,
    responseHeaders: { 'retry-after-ms': '20' },
  });
  expect(isMortiseError((error as Error).cause, 'overloaded')).toBe(true);
});
