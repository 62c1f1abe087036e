import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventStream, startReplay, startWire } from '@mortise/conformance';
import { createDocument, MortiseError } from '@mortise/core';
import { subscribe } from '@mortise/core/events';
import { HashEmbedding, ScriptedLLM } from '@mortise/core/testing';
import { OpenAILLM } from '@mortise/openai';
import { openIndex } from '@mortise/rag';
import { tool } from '@mortise/toolkit';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { answerMail, askHandbook, sortMail, traceOrder } from '../support-desk.ts';

// #region says
it('sorts a mail, and asks again when the model forgets a field', async () => {
  const llm = new ScriptedLLM({
    replies: ['{ "product": "lamp" }', '{ "product": "lamp", "urgency": "high" }'],
  });
  const ticket = await sortMail(llm, 'My lamp smokes!');

  expect(ticket).toEqual({ product: 'lamp', urgency: 'high' });
  expect(llm.requests).toHaveLength(2);
  expect(JSON.stringify(llm.requests[1]?.messages)).toContain('urgency');
});
// #endregion

// #region fails
it('keeps what was written when the connection breaks', async () => {
  const llm = new ScriptedLLM({
    replies: [['Dear customer, ', { type: 'wait', ms: 20 }, 'your', new MortiseError('connection', 'reset')]],
  });
  const shown: string[] = [];
  const answer = await answerMail(llm, 'Where is it?', (text) => shown.push(text));

  expect(answer).toBe('Dear customer, your [unfinished: connection]');
  expect(shown.join('')).toBe('Dear customer, your');
});
// #endregion

// #region cut
it.each([
  ['a proxy cuts the stream', ['Dear', { type: 'cut' }], 'stream-truncated'],
  ['the model falls silent', ['Dear', { type: 'wait', ms: 60_000 }], 'timeout'],
] as const)('says so when %s', async (_what, reply, code) => {
  const llm = new ScriptedLLM({ replies: [reply], timeoutMs: 500 });
  expect(await answerMail(llm, 'Where is it?', () => {})).toBe(`Dear [unfinished: ${code}]`);
});
// #endregion

// #region retries
it('tries again when the provider is busy', async () => {
  const llm = new ScriptedLLM({
    replies: [new MortiseError('overloaded', 'busy'), 'Dear customer, it left today.'],
    retry: { baseDelayMs: 1 },
  });
  const seen: string[] = [];
  const stop = subscribe((event) => seen.push(event.name));
  expect(await answerMail(llm, 'Where is it?', () => {})).toBe('Dear customer, it left today.');
  stop();

  expect(seen).toContain('retry');
});
// #endregion

// #region tools
it('looks the order up before it answers', async () => {
  const asked: string[] = [];
  const lookUp = tool({
    name: 'order',
    description: 'Where an order is.',
    parameters: z.object({ number: z.string() }),
    execute: async ({ number }) => {
      asked.push(number);
      return { place: 'Porto' };
    },
  });
  const llm = new ScriptedLLM({
    replies: [[{ type: 'tool-call', name: 'order', arguments: { number: 'A7' } }], 'It is in Porto.'],
  });

  expect(await traceOrder(llm, 'Where is A7?', lookUp)).toBe('It is in Porto.');
  expect(asked).toEqual(['A7']);
  expect(JSON.stringify(llm.requests[1]?.messages.at(-1))).toContain('Porto');
});
// #endregion

// #region documents
it('answers from the page that the question is about, and quotes it', async () => {
  const handbook = await openIndex({ embedding: new HashEmbedding() });
  await handbook.update([
    createDocument({ id: 'returns', text: 'Goods can be returned within 30 days.' }),
    createDocument({ id: 'lamps', text: 'Lamps are tested at 240 volts.' }),
  ]);
  const llm = new ScriptedLLM({ replies: ['Yes: "returned within 30 days" [1].'] });
  const answer = await askHandbook(llm, handbook, 'Can goods be returned?');

  expect(answer.quoted).toEqual(['returned within 30 days']);
  const prompt = JSON.stringify(llm.requests[0]?.messages);
  expect(prompt.indexOf('30 days')).toBeGreaterThan(0);
});
// #endregion

// #region replay
/** Records with `RECORD=1` and a key, and replays what was recorded everywhere else. */
async function withProvider(file: string, work: (llm: OpenAILLM) => Promise<void>, upstream: string) {
  await using provider = await startReplay({ file, upstream, key: process.env['OPENAI_API_KEY'] });
  const place = { apiKey: provider.apiKey, baseURL: `${provider.url}/v1` };
  await work(new OpenAILLM({ model: 'gpt-5.4-mini', api: 'chat-completions', ...place }));
}
// #endregion

it('answers as the provider once did, without it', async () => {
  const chunk = (delta: object, finish_reason: string | null = null) =>
    JSON.stringify({ id: 'c', model: 'gpt-5.4-mini', choices: [{ index: 0, delta, finish_reason }] });
  await using upstream = await startWire((_request, reply) =>
    eventStream(reply, [
      chunk({ content: 'Dear ' }),
      chunk({ content: 'you.' }),
      chunk({}, 'stop'),
      '[DONE]',
    ]),
  );
  const folder = await mkdtemp(join(tmpdir(), 'support-desk-'));
  const file = join(folder, 'answer.json');
  const key = ['sk', 'live', '0123456789abcdef0123456789abcdef'].join('-');
  const environment = { RECORD: process.env['RECORD'], OPENAI_API_KEY: process.env['OPENAI_API_KEY'] };
  const ask = async (llm: OpenAILLM) =>
    expect(await answerMail(llm, 'Where is it?', () => {})).toBe('Dear you.');
  try {
    Object.assign(process.env, { RECORD: '1', OPENAI_API_KEY: key });
    await withProvider(file, ask, upstream.url);
    expect(await readFile(file, 'utf8')).not.toContain(key);
    delete process.env['RECORD'];
    delete process.env['OPENAI_API_KEY'];
    await withProvider(file, ask, upstream.url);
    expect(upstream.requests).toHaveLength(1);
  } finally {
    for (const [name, value] of Object.entries(environment))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    await rm(folder, { recursive: true });
  }
});
