import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Client, InMemoryTransport, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createTextNode, type QueryEngine, type Retriever } from '@mortise/core';
import { ScriptedLLM } from '@mortise/core/testing';
import { serveMcp } from '@mortise/mcp';
import { tool } from '@mortise/toolkit';
import { expect, onTestFinished, test } from 'vitest';
import { answered, chosen, served } from '../mcp.ts';
import { answered as answeredByFiles } from '../packages/mcp.ts';

const TOKEN = 'a-token-of-sixteen-or-more';
const retriever: Retriever = {
  retrieve: async () => [
    { node: createTextNode({ id: 'leave.md', text: 'Thirty days of leave.' }), score: 1 },
  ],
};
const queryEngine = {
  query: async () => ({
    text: 'Thirty days.',
    sources: [],
    citations: [],
    outcome: 'answered',
    warnings: [],
    metadata: {},
  }),
} as unknown as QueryEngine;

/** `fetch` as a server on the loopback interface. */
async function listen(fetch: (request: Request) => Promise<Response>): Promise<string> {
  const server = createServer(async (incoming, outgoing) => {
    const { method = 'GET', url, headers } = incoming;
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) };
    const address = `http://${headers.host}${url}`;
    const response = await fetch(
      new Request(address, { method, headers: headers as Record<string, string>, ...body }),
    );
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}

test('a model uses tools of a program and of a server over HTTP, but for those that are not approved', async () => {
  const url = await listen(served(retriever, queryEngine, TOKEN).fetch);
  const program = [
    ...['--conditions=mortise-source', '--disable-warning=ExperimentalWarning'],
    join(import.meta.dirname, 'mcp-files.ts'),
  ];
  const calls = ['files__read', 'files__delete', 'web__search', 'web__rate'];
  const args = [{}, {}, { query: 'leave' }, { from: 'EUR' }];
  const llm = new ScriptedLLM({
    replies: [
      calls.map((name, at) => ({ type: 'tool-call', id: `${at}`, name, arguments: args[at] ?? {} })),
      'It says hello.',
    ],
  });
  expect(await answered(llm, process.execPath, program, url, TOKEN)).toBe('It says hello.');
  const results = JSON.stringify(llm.requests[1]);
  expect(results).toContain('hello');
  expect(results).toContain('Nothing is deleted here.');
  expect(results).toContain('Thirty days of leave.');
  expect(results).toContain('The arguments are invalid');
});

test('the program at the head of the README answers by a tool of a program', async () => {
  const call = { type: 'tool-call', id: '0', name: 'files__read', arguments: {} } as const;
  const llm = new ScriptedLLM({ replies: [[call], 'It says hello.'] });
  const args = ['--conditions=mortise-source', '--disable-warning=ExperimentalWarning'];
  const program = join(import.meta.dirname, 'mcp-files.ts');
  expect(await answeredByFiles(llm, process.execPath, [...args, program])).toBe('It says hello.');
  expect(JSON.stringify(llm.requests[1])).toContain('hello');
});

test('tools are chosen by the names that the server knows', async () => {
  const parameters = { type: 'object' };
  const make = (name: string) => tool({ name, description: '', parameters, execute: () => 'ok' });
  const [here, there] = InMemoryTransport.createLinkedPair();
  const serving = serveMcp({ tools: [make('orders.list'), make('admin')] });
  await serving.connect(there);
  const client = new Client({ name: 'test', version: '1.0.0' });
  await client.connect(here);
  const tools = await chosen(client, () => undefined);
  expect(tools.map(({ name }) => name)).toEqual([expect.stringMatching(/^shop__orders_list_[\da-f]{16}$/)]);
  await serving.close();
});

test('an assistant finds tools, the index and a prompt', async () => {
  const url = new URL(await listen(served(retriever, queryEngine, TOKEN).fetch));
  const client = new Client({ name: 'test', version: '1.0.0' });
  await client.connect(
    new StreamableHTTPClientTransport(url, { authProvider: { token: async () => TOKEN } }),
  );
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual(['rate', 'search', 'ask']);
  expect(await client.callTool({ name: 'rate', arguments: { from: 'EUR', to: 'USD' } })).toMatchObject({
    structuredContent: { pair: 'EURUSD', rate: 1.08 },
  });
  expect(await client.callTool({ name: 'ask', arguments: { question: 'How long?' } })).toMatchObject({
    content: [{ text: 'Thirty days.' }],
  });
  const { messages } = await client.getPrompt({
    name: 'letter',
    arguments: { whom: 'Ada', what: 'engines' },
  });
  expect(messages).toMatchObject([{ content: { text: 'Write a letter to Ada about engines.' } }]);
  await client.close();
});
