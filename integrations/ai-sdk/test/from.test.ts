import { isMortiseError } from '@mortise/core';
import { fromAISDK } from '@mortise/ai-sdk';
import { expect, test } from 'vitest';
import { finished, languageModel } from './models.ts';

const versions = ['v2', 'v3', 'v4'] as const;

test.each(versions)('%s: a text, streamed and whole, is the same', async (version) => {
  const finishReason = finished(version);
  const model = languageModel(version, {
    reply: { content: [{ type: 'text', text: 'It is 42.' }], finishReason },
    parts: [
      { type: 'stream-start', warnings: [] },
      { type: 'response-metadata', id: 'r1', modelId: 'acme-1-2026', timestamp: new Date(0) },
      { type: 'text-start', id: '0' },
      { type: 'text-delta', id: '0', delta: 'It is ' },
      { type: 'text-delta', id: '0', delta: '42.' },
      { type: 'text-end', id: '0' },
      { type: 'finish', finishReason, usage: {} },
    ],
  });
  const llm = fromAISDK(model);
  const streamed = await llm.streamChat('Hi').final();
  expect(streamed.message).toEqual((await llm.chat('Hi')).message);
  expect(streamed).toMatchObject({ id: 'r1', model: 'acme-1-2026', createdAt: '1970-01-01T00:00:00.000Z' });
  expect(model.calls[0]?.['prompt']).toEqual([{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }]);
});

test('a stream that theirs says was interrupted is an error with what had arrived', async () => {
  const parts = [
    { type: 'text-start', id: '0' },
    { type: 'text-delta', id: '0', delta: 'It ' },
    { type: 'text-end', id: '0' },
    { type: 'finish', finishReason: { unified: 'interrupted', raw: undefined }, usage: {} },
  ];
  const error = await fromAISDK(languageModel('v4', { parts }))
    .streamChat('Hi')
    .final()
    .catch((thrown: unknown) => thrown);
  expect(isMortiseError(error, 'stream-truncated')).toBe(true);
  expect(error).toMatchObject({ partial: { text: 'It ' } });
});
