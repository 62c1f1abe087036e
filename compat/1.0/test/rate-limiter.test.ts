import { rateLimiterConformance } from '@mortise/conformance';
import { describe, expect, it } from 'vitest';
import { FrozenLLM } from '../src/index.ts';
import { FrozenLimiter } from '../src/rate-limiter.ts';

rateLimiterConformance(
  { describe, it },
  {
    name: 'frozen',
    create: ({ concurrency = 4 }) => new FrozenLimiter(concurrency),
    declares: ['concurrency'],
    reasons: { tokens: 'It bounds requests in flight alone.' },
  },
);

it('S-02: stands before a model, one request at a time, and is told what each used', async () => {
  let [inFlight, most] = [0, 0];
  const fetch = async () => {
    most = Math.max(most, ++inFlight);
    await new Promise((resolve) => setTimeout(resolve, 5));
    inFlight--;
    const usage = { input: 5, output: 2 };
    return Response.json({ parts: [{ type: 'text', text: 'Hi' }], finish: 'done', usage });
  };
  const limiter = new FrozenLimiter(1);
  const llm = new FrozenLLM({ model: 'frozen-1', apiKey: 'key-of-a-test', fetch, limiter });
  await Promise.all(['a', 'b', 'c'].map((prompt) => llm.chat(prompt)));
  expect([most, limiter.tokens]).toEqual([1, 21]);
});
