import { createOpenAI } from '@ai-sdk/openai';
import { fromAISDK } from '@mortise/ai-sdk';
import { expect, test } from 'vitest';

test('a model of their package is a model of ours', async () => {
  const body = {
    id: 'chat-1',
    object: 'chat.completion',
    created: 1_764_000_000,
    model: 'gpt-test-2026',
    choices: [{ index: 0, message: { role: 'assistant', content: 'It is 42.' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 },
  };
  const openai = createOpenAI({ apiKey: 'key', fetch: async () => Response.json(body) });
  const response = await fromAISDK(openai.chat('gpt-test')).chat('What is the answer?');
  expect(response).toMatchObject({
    text: 'It is 42.',
    finishReason: { unified: 'stop', raw: 'stop' },
    usage: { inputTokens: 7, outputTokens: 5, totalTokens: 12 },
    provider: 'openai',
    model: 'gpt-test-2026',
    id: 'chat-1',
    createdAt: '2025-11-24T16:00:00.000Z',
  });
});
