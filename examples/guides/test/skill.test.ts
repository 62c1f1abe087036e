import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryKeyValueStore, toolCallBlock, type LLM } from '@mortise/core';
import { HashEmbedding, ScriptedLLM } from '@mortise/core/testing';
import { expect, test } from 'vitest';
import { assist } from '../skill/agent.ts';
import { HouseModel } from '../skill/custom.ts';
import { invoices } from '../skill/extract.ts';
import { answer } from '../skill/rag.ts';
import { chatServer, handler, show } from '../skill/stream.ts';

const conversation = JSON.stringify([{ role: 'user', content: 'Hello' }]);

/** Serves for as long as `use` takes. */
async function served(llm: LLM, use: (url: string) => Promise<void>): Promise<void> {
  const server = chatServer(llm).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
  }
}

test('a stream reaches a page, from a server of Node and from a web handler', async () => {
  const llm = new ScriptedLLM({ replies: ['Good day.', 'Good day.'] });
  const read = async (response: Response): Promise<string> => {
    let text = '';
    await show(response, (delta) => (text += delta));
    return text;
  };
  await served(llm, async (url) => {
    expect(await read(await fetch(url, { method: 'POST', body: conversation }))).toBe('Good day.');
    expect((await fetch(url, { method: 'POST', body: '{' })).status).toBe(400);
  });
  const request = new Request('http://a.example', { method: 'POST', body: conversation });
  expect(await read(await handler(request, llm))).toBe('Good day.');
});

test("the model's call ends when the client leaves", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const replies = (_request: unknown, { signal }: { signal: AbortSignal }) => {
    signal.addEventListener('abort', () => resolve('too late'));
    return promise;
  };
  await served(new ScriptedLLM({ replies }), async (url) => {
    const leaving = new AbortController();
    await fetch(url, { method: 'POST', body: conversation, signal: leaving.signal });
    leaving.abort();
    expect(await promise).toBe('too late');
  });
});

test('typed data, from each text once', async () => {
  const store = new MemoryKeyValueStore();
  const llm = new ScriptedLLM({
    metadata: { capabilities: { tools: false } },
    replies: ({ messages }) =>
      JSON.stringify(messages).includes('Sawworks') ? '{"number":"7","amount":12.5}' : 'Nothing.',
  });
  const texts = ['Sawworks, no. 7, 12.50 EUR', 'Hello'];
  const expected = [{ number: '7', amount: 12.5 }, undefined];
  expect(await invoices(llm, texts, store)).toEqual(expected);
  const asked = llm.requests.length;
  expect(await invoices(llm, texts.slice(0, 1), store)).toEqual(expected.slice(0, 1));
  expect(llm.requests).toHaveLength(asked);
});

test('an answer cites the file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'skill-'));
  const before = process.cwd();
  process.chdir(folder);
  try {
    writeFileSync(join(folder, 'oak.md'), '# Oak\n\nOak dries for eight years.\n');
    const llm = new ScriptedLLM({ replies: ['It "dries for eight years" [1].'] });
    expect(await answer(llm, new HashEmbedding(), folder, 'How long does oak dry?')).toEqual({
      text: 'It "dries for eight years" [1].',
      places: [{ file: 'oak.md', quote: 'dries for eight years' }],
      found: true,
    });
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  }
});

test('a model of your own is an LLM, and its refusals are typed', async () => {
  const { createServer } = await import('node:http');
  const server = createServer((request, response) => {
    if (request.url === '/closed') response.writeHead(401).end();
    else response.end('{"text":"Paris.","used":2}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const llm = new HouseModel(`${url}/v1`);
    const { text, usage } = await llm.chat('The capital of France?');
    expect([text, usage.outputTokens]).toEqual(['Paris.', 2]);
    let streamed = '';
    for await (const piece of llm.streamChat('And again?').textStream) streamed += piece;
    expect(streamed).toBe('Paris.');
    const refused = new HouseModel(`${url}/closed`).chat('Hello');
    await expect(refused).rejects.toMatchObject({ code: 'authentication' });
  } finally {
    server.close();
  }
});

test('an agent calls tools, and asks before it books', async () => {
  const script = [
    [toolCallBlock('1', 'weather', '{"city":"Lisbon"}'), toolCallBlock('2', 'book', '{"seats":2}')],
    'It is 21 degrees, and nothing was booked.',
  ];
  const llm = new ScriptedLLM({ replies: script });
  const asked: string[] = [];
  const result = await assist(llm, 'Dinner in Lisbon?', async (what) => {
    asked.push(what);
    return 'Not today.';
  });
  expect(asked).toEqual(['book {"seats":2}']);
  expect(result).toEqual({ text: 'It is 21 degrees, and nothing was booked.', steps: 2 });
  expect(JSON.stringify(llm.requests[1]?.messages)).toMatch(/21.*Not today/);
});
