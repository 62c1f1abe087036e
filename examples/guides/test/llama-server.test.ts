import { afterEach, expect, it } from 'vitest';
import { eventStream, json, startWire, type Wire, type WireHandler } from '@mortise/conformance';
import { LlamaServerLLM } from '../llama-server.ts';

let wire: Wire | undefined;
afterEach(() => wire?.close());

async function model(handler: WireHandler): Promise<LlamaServerLLM> {
  wire = await startWire(handler);
  return new LlamaServerLLM(wire.url);
}

const ending = { stop: true, tokens_evaluated: 7, tokens_predicted: 2 };

it('L-08: chats and streams over a local server, with one prompt and one answer', async () => {
  const llm = await model((request, reply) => {
    if ((request.body as { stream: boolean }).stream) {
      return eventStream(reply, [
        JSON.stringify({ content: 'Hello', stop: false }),
        JSON.stringify({ content: ' there', stop: false }),
        JSON.stringify({ content: '', ...ending }),
      ]);
    }
    return json(reply, { content: 'Hello there', ...ending });
  });
  const whole = await llm.chat('Hi', { maxOutputTokens: 5, stop: ['user:'] });
  expect(whole.text).toBe('Hello there');
  expect(whole.usage).toEqual({ inputTokens: 7, outputTokens: 2, totalTokens: 9 });
  expect(wire?.requests[0]).toMatchObject({
    path: '/completion',
    body: { prompt: 'user: Hi\nassistant: ', stream: false, n_predict: 5, stop: ['user:'] },
  });
  expect(await llm.streamChat('Hi').final()).toEqual(whole);
});

it('E-01: a cut stream is told, with what had arrived', async () => {
  const llm = await model((_request, reply) =>
    eventStream(reply, [JSON.stringify({ content: 'Hel', stop: false })]),
  );
  await expect(llm.streamChat('Hi').final()).rejects.toMatchObject({
    code: 'stream-truncated',
    partial: { text: 'Hel' },
  });
});

it('E-04: an overloaded server is asked again', async () => {
  const llm = await model((_request, reply, n) => {
    return n === 0
      ? json(reply, {}, { status: 503, headers: { 'retry-after': '0' } })
      : json(reply, { content: 'ok', ...ending });
  });
  expect((await llm.complete('Hi')).text).toBe('ok');
});
