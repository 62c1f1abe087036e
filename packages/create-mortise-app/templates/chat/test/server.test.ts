import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { MortiseError, type ChatStreamEvent, type LLM } from '@mortise/core';
import { fromSSE } from '@mortise/core/sse';
import { ScriptedLLM } from '@mortise/core/testing';
import { createApp } from '../src/server.ts';
import { standIn } from '../src/stand-in.ts';

/** Serves for one test; gives what posts to it. */
async function serve(t: TestContext, llm: LLM) {
  const app = createApp(llm);
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  t.after(() => app.close());
  const base = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
  const post = (body: string, type = 'application/json') =>
    fetch(`${base}/api/chat`, { method: 'POST', headers: { 'content-type': type }, body });
  return { base, post };
}

async function textOf(response: Response): Promise<string> {
  let text = '';
  for await (const event of fromSSE<ChatStreamEvent>(response))
    if (event.type === 'text-delta') text += event.delta;
  return text;
}

const conversation = JSON.stringify([
  { role: 'user', content: 'Hello' },
  { role: 'assistant', content: 'Hello!' },
  { role: 'user', content: 'What is a mortise?' },
]);

test('streams the answer to the conversation that it was sent', async (t) => {
  const llm = new ScriptedLLM({ replies: ['A hole that takes a tenon.'] });
  const { post } = await serve(t, llm);
  assert.equal(await textOf(await post(conversation)), 'A hole that takes a tenon.');
  assert.equal(llm.requests[0]?.messages.length, 3);
});

test('answers without a model, and says that it is none', async (t) => {
  const { post } = await serve(t, standIn());
  const text = await textOf(await post(conversation));
  assert.match(text, /^I am a stand-in and not a language model/);
  assert.match(text, /number 2 has 4 words/);
});

test('a failure of the model reaches the page by its code', async (t) => {
  const llm = new ScriptedLLM({ replies: [new MortiseError('authentication', 'The key was refused.')] });
  const { post } = await serve(t, llm);
  await assert.rejects(textOf(await post(conversation)), { code: 'authentication' });
});

test('ends the call of the model when the client leaves', async (t) => {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const llm = new ScriptedLLM({
    replies: (_request, { signal }) => {
      signal.addEventListener('abort', () => resolve());
      return ended.then(() => 'Too late.');
    },
  });
  const { base } = await serve(t, llm);
  const leaving = new AbortController();
  const headers = { 'content-type': 'application/json' };
  const options = { method: 'POST', headers, body: conversation, signal: leaving.signal };
  const response = await fetch(`${base}/api/chat`, options);
  leaving.abort();
  await assert.rejects(response.text());
  await ended;
});

test('refuses what is no conversation, and what a form of another site can send', async (t) => {
  const { base, post } = await serve(t, new ScriptedLLM({ replies: [] }));
  assert.equal((await post('{')).status, 400);
  assert.equal((await post('[{"role":"nobody"}]')).status, 400);
  assert.equal((await post(conversation, 'text/plain')).status, 415);
  assert.equal((await fetch(`${base}/core/%2e%2e/package.json`)).status, 404);
  assert.match(await (await fetch(base)).text(), /<title>APP_NAME<\/title>/);
});
