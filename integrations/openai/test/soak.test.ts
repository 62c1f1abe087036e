import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { eventStream, json, startWire } from '@mortise/conformance';
import { OpenAILLM } from '@mortise/openai';

const CALLS = 600;
const CONCURRENCY = 10;

const reply = {
  id: 'chatcmpl-1',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
};
const chunk = (delta: object, finish_reason: string | null = null) =>
  JSON.stringify({ id: 'chatcmpl-1', model: 'm', choices: [{ index: 0, delta, finish_reason }] });
const chunks = [chunk({ content: 'o' }), chunk({ content: 'k' }), chunk({}, 'stop'), '[DONE]'];

const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

// The same with 10,000 calls, and the memory they leave, is bench/soak.ts.
it('C-03: calls under one signal, half of them aborted, leave no listener, timer or connection behind', async () => {
  await using wire = await startWire((request, response) => {
    const { stream } = request.body as { stream?: boolean };
    return stream === true ? eventStream(response, chunks, { chunk: 40 }) : json(response, reply);
  });
  const llm = new OpenAILLM({
    model: 'm',
    api: 'chat-completions',
    apiKey: 'test',
    baseURL: `${wire.url}/v1`,
  });
  const shared = new AbortController();
  const timersBefore = timers();
  let remaining = CALLS;
  let completed = 0;
  let aborted = 0;

  async function call(n: number): Promise<void> {
    const own = new AbortController();
    const signal = n % 2 === 0 ? shared.signal : own.signal;
    const timer = n % 2 === 0 ? undefined : setTimeout(() => own.abort('enough'), n % 3);
    try {
      const { text } =
        n % 4 < 2 ? await llm.chat('x', { signal }) : await llm.streamChat('x', { signal }).final();
      expect(text).toBe('ok');
      completed++;
    } catch (error) {
      expect(error).toBe('enough');
      aborted++;
    } finally {
      clearTimeout(timer);
    }
  }
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      while (remaining > 0) await call(remaining--);
    }),
  );

  expect(completed + aborted).toBe(CALLS);
  expect(completed).toBeGreaterThanOrEqual(CALLS / 2);
  expect(getEventListeners(shared.signal, 'abort')).toHaveLength(0);
  const remainingListeners = (): boolean => timers() > timersBefore || wire.open > CONCURRENCY;
  for (let turn = 0; remainingListeners() && turn < 500; turn++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(timers()).toBeLessThanOrEqual(timersBefore);
  expect(wire.open).toBeLessThanOrEqual(CONCURRENCY);
});
