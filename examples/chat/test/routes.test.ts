import { statSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { MortiseError } from '@mortise/core';
import { ScriptedLLM } from '@mortise/core/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RuleLLM } from '../server/rule-llm.ts';
import { ANSWER, QUESTION, TestServer, type Part } from './serving.ts';

let server: TestServer;
beforeEach(() => {
  server = new TestServer();
});
afterEach(() => server[Symbol.asyncDispose]());

const id = 'conversation-1';
const ofType = (parts: readonly Part[], type: string): Part[] => parts.filter((part) => part.type === type);

describe('chat', () => {
  test('chat: a question is looked up by the tool, and answered with its citations', async () => {
    await server.start();
    const reply = await server.ask(id, QUESTION);
    expect(reply.headers.get('x-vercel-ai-ui-message-stream')).toBe('v1');
    const text = await reply.text();
    expect(text).toContain('"toolName":"search_docs"');
    const { messages, title, isCut } = await server.open(id);
    expect([title, isCut]).toEqual([QUESTION, false]);
    const parts = messages[1]!.parts;
    const [search] = ofType(parts, 'tool-search_docs');
    expect(search).toMatchObject({ state: 'output-available', input: { question: QUESTION } });
    const { sources, citations } = search!.output!;
    const { quoteStart, quoteEnd } = citations![0]!;
    expect(sources![0]!.text.slice(quoteStart, quoteEnd)).toBe(
      'The mortise of the west door is forty millimetres long',
    );
    expect(ofType(parts, 'text').map((part) => part.text)).toEqual([ANSWER]);
  });

  test('chat: the next question stands in the same conversation', async () => {
    await server.start();
    await (await server.ask(id, QUESTION)).text();
    await (await server.ask(id, 'When does hide glue set?')).text();
    const { messages, title } = await server.open(id);
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
    expect(title).toBe(QUESTION);
    expect(JSON.stringify(messages[3])).toContain('Hide glue sets in an hour. [1]');
  });

  test('chat: what fails says so without its words, and can go on', async () => {
    const error = new MortiseError('overloaded', 'http://10.0.0.1 with sk-123');
    const llm = new ScriptedLLM({ replies: [error, 'Now.'], retry: false });
    await server.start({ llm });
    const text = await (await server.ask(id, 'x')).text();
    expect(text).toContain('"errorText":"The stream failed: overloaded."');
    expect(text).not.toContain('sk-123');
    expect(server.errors).toMatchObject([{ code: 'overloaded' }]);
    expect(await server.open(id)).toMatchObject({ isCut: true, messages: [{ role: 'user' }] });
    await (await server.post({ id, messages: [{}], isContinued: true })).text();
    expect((await server.open(id)).messages.at(-1)?.parts.at(-1)?.text).toBe('Now.');
  });

  test('chat: conversations are listed, the last one first, and deleted', async () => {
    await server.start();
    for (const name of ['conversation-1', 'conversation-2']) await (await server.ask(name, QUESTION)).text();
    const list = async () =>
      (await (await fetch(`${server.url}/api/conversations`)).json()) as { id: string }[];
    expect((await list()).map((each) => each.id)).toEqual(['conversation-2', 'conversation-1']);
    const path = `${server.url}/api/conversations/conversation-2`;
    expect((await fetch(path, { method: 'DELETE' })).status).toBe(204);
    expect((await list()).map((each) => each.id)).toEqual(['conversation-1']);
    expect(await (await fetch(path)).json()).toBeNull();
  });
});

describe('approval', () => {
  const waiting = async (): Promise<Part> => {
    await (await server.ask(id, 'note: buy walnut')).text();
    return (await server.open(id)).messages.at(-1)!.parts.at(-1)!;
  };

  test('approval: a note is written after it, once, also where the server was restarted in between', async () => {
    await server.start();
    expect(await waiting()).toMatchObject({ state: 'approval-requested', input: { text: 'buy walnut' } });
    expect(server.notes()).toBe('');
    await server.stop();
    await server.start();
    const message = (await server.open(id)).messages.at(-1);
    await (await server.decide(id, true)).text();
    expect(server.notes()).toMatch(/^- buy walnut <!-- \w+\/1\/0 -->\n$/);
    const { messages, isCut } = await server.open(id);
    expect(isCut).toBe(false);
    expect(messages.at(-1)?.parts).toMatchObject([
      { type: 'step-start' },
      {
        type: 'tool-save_note',
        state: 'output-available',
        output: { saved: 'buy walnut', file: 'notes.md' },
      },
      { type: 'step-start' },
      { type: 'text', text: 'Saved: the note is in your list.' },
    ]);

    // The same decision again.
    const part = message!.parts.at(-1)!;
    Object.assign(part, { state: 'approval-responded', approval: { ...part.approval, approved: true } });
    expect((await server.post({ id, messages: [message] })).status).toBe(409);
    expect(server.notes().match(/walnut/g)).toHaveLength(1);
  });

  test('approval: a refusal writes nothing, and the answer says so', async () => {
    await server.start();
    await waiting();
    expect(await (await server.decide(id, false)).text()).toContain('"type":"tool-output-denied"');
    expect(server.notes()).toBe('');
    expect((await server.open(id)).messages.at(-1)?.parts.at(-1)?.text).toBe('I did not save that note.');
  });

  test('approval: a forged one is refused, and the question stands', async () => {
    await server.start();
    const { approval } = await waiting();
    const reply = await server.decide(id, true, 'zzzzzzzz.AAAA');
    expect(reply.status).toBe(403);
    expect(server.notes()).toBe('');
    expect((await server.open(id)).messages.at(-1)?.parts.at(-1)?.approval).toEqual(approval);
  });

  test('approval: to go on without it asks again, as where it has expired', async () => {
    await server.start();
    const { toolCallId } = await waiting();
    const again = await (await server.post({ id, messages: [{}], isContinued: true })).text();
    expect(again).toContain(`"type":"tool-approval-request","toolCallId":"${toolCallId}"`);
    await (await server.decide(id, true)).text();
    expect(server.notes()).toContain('buy walnut');
  });

  test('approval: another question leaves the note unwritten', async () => {
    await server.start();
    await waiting();
    await (await server.ask(id, QUESTION)).text();
    const { messages } = await server.open(id);
    expect(messages[1]?.parts.at(-1)).toMatchObject({ state: 'output-error', errorText: /went on without/ });
    expect(messages.at(-1)?.parts.at(-1)?.text).toBe(ANSWER);
    expect(server.notes()).toBe('');
  });

  test('approval: the key is kept, and only its owner can read it', async () => {
    await server.start();
    expect(statSync(join(server.data, 'approval.key'))).toMatchObject({ size: 32, mode: 0o100600 });
  });
});

describe('stop', () => {
  test('stop: what was said is kept, and the conversation goes on', async () => {
    await server.start({ llm: new RuleLLM({ wordDelayMs: 30 }) });
    const stop = new AbortController();
    const reply = await server.ask(id, QUESTION, stop.signal);
    const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader();
    for (let text = ''; !text.includes('"delta":"The"');) text += (await reader.read()).value;
    stop.abort();
    await vi.waitFor(async () => expect((await server.open(id)).isCut).toBe(true));
    await vi.waitFor(async () =>
      expect((await server.open(id)).messages.at(-1)?.parts.at(-1)?.text).toMatch(/^The/),
    );
    expect(server.errors).toEqual([]);
    await (await server.post({ id, messages: [{}], isContinued: true })).text();
    const { messages, isCut } = await server.open(id);
    expect(isCut).toBe(false);
    expect(messages).toHaveLength(2);
    // The search was not made again.
    expect(ofType(messages[1]!.parts, 'tool-search_docs')).toHaveLength(1);
    expect(ofType(messages[1]!.parts, 'text')).toMatchObject([{ text: ANSWER }]);
  });

  test('stop: another question leaves what was said where it is, and a server that died before a word is asked again', async () => {
    await server.start({ llm: new RuleLLM({ wordDelayMs: 30 }) });
    const stop = new AbortController();
    const reply = await server.ask(id, QUESTION, stop.signal);
    const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader();
    for (let text = ''; !text.includes('"delta":"The"');) text += (await reader.read()).value;
    stop.abort();
    await vi.waitFor(async () => expect((await server.open(id)).isCut).toBe(true));
    const question = { id: 'm', role: 'user', parts: [{ type: 'text', text: 'When does hide glue set?' }] };
    await (await server.post({ id, messages: [question] })).text();
    const { messages } = await server.open(id);
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
    expect(messages[1]!.parts.at(-1)?.text).toMatch(/^The/);

    const other = 'conversation-2';
    await (await server.post({ id: other, messages: [question], isContinued: true })).text();
    expect((await server.open(other)).messages).toHaveLength(2);
  });

  test('stop: one answer at a time in a conversation, which deleting ends', async () => {
    await server.start({ llm: new RuleLLM({ wordDelayMs: 500 }) });
    const reply = await server.ask(id, QUESTION);
    expect((await server.ask(id, QUESTION)).status).toBe(409);
    expect((await fetch(`${server.url}/api/conversations/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await reply.text()).toContain('"type":"abort"');
    expect(await server.open(id)).toBeNull();
  });
});

describe('guard', () => {
  /** What `fetch` may not say: a `Host` and an `Origin`. */
  function status(path: string, headers: Record<string, string>, method = 'GET', body = ''): Promise<number> {
    return new Promise((resolve, reject) => {
      const sent = request(`${server.url}${path}`, { method, headers, agent: false }, (reply) => {
        reply.resume().on('end', () => resolve(reply.statusCode!));
      });
      sent.on('error', reject).end(body);
    });
  }
  const json = { 'content-type': 'application/json' };
  const list = '/api/conversations';

  test('guard: another host is refused, which a rebound name would have', async () => {
    await server.start();
    const { host, port } = new URL(server.url);
    expect(await status(list, { host })).toBe(200);
    expect(await status(list, { host: `localhost:${port}` })).toBe(200);
    for (const other of [`evil.example:${port}`, '127.0.0.1.evil.example', 'localhost.evil.example'])
      expect(await status(list, { host: other })).toBeGreaterThanOrEqual(400);
  });

  test('guard: another origin is refused, and what says that it comes from another site', async () => {
    await server.start();
    const body = JSON.stringify({ id, messages: [{}], isContinued: true });
    const post = (headers: Record<string, string>) =>
      status('/api/chat', { ...json, ...headers }, 'POST', body);
    expect(await post({ origin: server.url })).toBe(400);
    expect(await post({ origin: 'http://evil.example' })).toBe(403);
    expect(await post({ origin: 'null' })).toBe(403);
    expect(await status(list, { 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await status('/', { 'sec-fetch-site': 'cross-site' })).toBe(404);
  });

  test('guard: a body that is too long, no JSON, or of no page is refused', async () => {
    await server.start();
    const post = (body: string, headers = json) => status('/api/chat', headers, 'POST', body);
    // The server closes what it does not read, so that a client may not come to the answer.
    expect([413, 'closed']).toContain(await post('x'.repeat(600 * 1024)).catch(() => 'closed'));
    expect(await post('{')).toBe(400);
    expect(await post('{}')).toBe(400);
    expect(await post(JSON.stringify({ id: '../../x', messages: [{}] }))).toBe(400);
    expect(await post('{}', { 'content-type': 'text/plain' })).toBe(415);
    expect((await server.ask(id, 'x'.repeat(4_001))).status).toBe(400);
    expect((await server.ask(id, ' ')).status).toBe(400);
    expect(server.errors).toEqual([]);
  });

  test('guard: the page loads from this server alone, and no path leads out of it', async () => {
    const bytes = new TextEncoder().encode('<!doctype html>');
    const page = new Map([['/index.html', { bytes, headers: { 'content-type': 'text/html' } }]]);
    await server.start({ page });
    const reply = await fetch(server.url);
    expect(await reply.text()).toBe('<!doctype html>');
    expect(reply.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(await status('/..%2f..%2fpackage.json', {})).toBe(404);
    expect(await status('/assets/../../main.ts', {})).toBe(404);
  });
});
