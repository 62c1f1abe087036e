import { createTextNode } from '@mortise/core';
import {
  mcpFetch,
  mcpTools,
  serveMcp,
  type McpClient,
  type McpToolsOptions,
  type ServeMcpOptions,
} from '@mortise/mcp';
import { prompt, tool } from '@mortise/toolkit';
import { call, fuzz } from './fuzz.ts';

const definition = () => ({
  name: 'fs/read',
  title: 'Read',
  description: 'Reads a file.',
  inputSchema: {
    type: 'object',
    properties: { path: { type: 'string', description: 'where', enum: ['a'] } },
    $defs: { a: { anyOf: [{ type: 'null' }] } },
  },
  outputSchema: { type: 'object' },
  annotations: { readOnlyHint: true },
});

const result = () => ({
  content: [
    { type: 'text', text: '{"a":1}' },
    { type: 'image', data: 'AAAA', mimeType: 'image/png' },
    { type: 'resource', resource: { uri: 'file:///a', text: 'words' } },
    { type: 'resource', resource: { uri: 'file:///b', blob: 'AAAA', mimeType: 'application/pdf' } },
    { type: 'resource_link', uri: 'file:///c', name: 'c' },
  ],
  structuredContent: { a: 1 },
});

/** A client whose server says this. */
const client = (page: unknown, answer: unknown): McpClient => ({
  getServerVersion: () => ({ name: 'acme', version: '1' }),
  getServerCapabilities: () => ({ tools: {} }),
  getProtocolEra: () => 'modern',
  request: async () => page as never,
  listTools: async () => page as never,
  callTool: async () => answer as never,
  setNotificationHandler: () => undefined,
  removeNotificationHandler: () => undefined,
  listen: async () => ({ close: async () => undefined, closed: Promise.resolve('local' as const) }),
});

const context = () => ({ signal: new AbortController().signal, toolCallId: '1', rawArguments: {} });

const served = () => ({
  name: 'acme',
  instructions: 'Be kind.',
  tools: [
    {
      ...tool({
        name: 'add',
        description: 'Adds.',
        parameters: { type: 'object' },
        execute: () => ({ sum: 1 }),
      }),
      outputSchema: { type: 'object' },
    },
  ],
  retriever: { retrieve: async () => [{ node: createTextNode({ text: 'a' }), score: 1 }] },
  queryEngine: {
    query: async () => ({
      text: 'a',
      sources: [],
      citations: [],
      outcome: 'answered',
      warnings: [],
      metadata: {},
    }),
    streamQuery: () => undefined,
  },
  prompts: { translate: { template: prompt('Translate {text}.'), arguments: { text: 'what' } } },
  token: 'a-token-of-sixteen-or-more',
  hosts: ['localhost'],
  origins: ['https://app.example'],
  maxRequestBytes: 10_000,
});

/** What cannot be written as JSON comes as half of it. */
function written(message: unknown): string {
  try {
    return JSON.stringify(message) ?? '';
  } catch {
    return '{"jsonrpc":';
  }
}

fuzz('integrations/mcp', [
  call(
    'mcpTools, of a server that lists anything',
    () =>
      [
        { tools: [definition(), { name: 'b', inputSchema: { type: 'object' } }], nextCursor: undefined },
        { prefix: 'a', maxTools: 10, maxPages: 2, timeoutMs: 100, secrets: ['secret'] },
      ] as [unknown, McpToolsOptions],
    async (page, options) => mcpTools(client(page, result()), options),
  ),
  call(
    'McpTool.execute, of a server that answers anything',
    () => [result(), { maxTextChars: 10_000, maxMediaBytes: 10_000 }] as [unknown, McpToolsOptions],
    async (answer, options) => {
      const { tools } = await mcpTools(client({ tools: [definition()] }, answer), options);
      return tools[0]?.execute({ path: 'a' }, context());
    },
  ),
  call(
    'serveMcp.fetch',
    () =>
      [
        served(),
        {
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: { name: 'search', arguments: { query: 'a' } },
        },
      ] as unknown as [ServeMcpOptions, object],
    async (options, message) => {
      const serving = serveMcp(options);
      const body = written(message);
      const headers = {
        authorization: 'Bearer a-token-of-sixteen-or-more',
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
      };
      const response = await serving.fetch(
        new Request('http://localhost/mcp', { method: 'POST', headers, body }),
      );
      await response.text();
      await serving.close();
    },
  ),
  call(
    'mcpFetch',
    () =>
      [{ allowPrivate: ['127.0.0.1'], maxMessageBytes: 1_000 }, 'http://127.0.0.1/mcp'] as [object, string],
    async (options, url) => {
      const fetch = async () => new Response('{}', { headers: { 'content-type': 'text/event-stream' } });
      const lookup = async () => ['127.0.0.1'];
      return (await mcpFetch({ ...options, fetch, lookup })(url)).text();
    },
  ),
]);
