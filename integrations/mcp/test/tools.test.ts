import { runTools } from '@mortise/toolkit';
import type { JsonObject } from '@mortise/core/shared';
import { ScriptedLLM } from '@mortise/core/testing';
import { mcpErrorText, type McpTool } from '@mortise/mcp';
import { mcpTools } from './opened.ts';
import { describe, expect, it, vi } from 'vitest';
import { byHand, inMemory, overHttp, PROTOCOLS, type Hand } from './servers.ts';

const context = (signal = new AbortController().signal) => ({ signal, toolCallId: '1', rawArguments: {} });
const named = (tools: readonly McpTool[], name: string): McpTool => {
  const found = tools.find((tool) => tool.name === name);
  if (found === undefined) throw new Error(`no tool ${name}`);
  return found;
};
const calling = (name: string, args: JsonObject): ScriptedLLM =>
  new ScriptedLLM({ replies: [[{ type: 'tool-call', id: '1', name, arguments: args }], 'So it is.'] });
const one = (definition: object, result: unknown): Hand => ({
  pages: () => [[definition]],
  call: () => result,
});

const ways = PROTOCOLS.flatMap((protocol) => [
  { way: `in memory, ${protocol}`, connect: (hand: Hand) => inMemory(byHand(hand), protocol) },
  { way: `over HTTP, ${protocol}`, connect: (hand: Hand) => overHttp(byHand(hand), protocol) },
]);

describe.each(ways)('$way', ({ connect }) => {
  it('reads every page of the list', async () => {
    const client = await connect({
      pages: () => [[{ name: 'a' }, { name: 'b' }], [{ name: 'c' }], [{ name: 'd' }]],
    });
    const { tools, skipped } = await mcpTools(client);
    expect(tools.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
    expect(skipped).toEqual([]);
  });

  it('calls a tool by the name that the server knows, with the arguments of the model', async () => {
    const calls: unknown[] = [];
    const client = await connect({
      pages: () => [[{ name: 'fs/read.file', description: 'Reads.' }]],
      call: (name, args) => {
        calls.push([name, args]);
        return { content: [{ type: 'text', text: 'the text' }] };
      },
    });
    const { tools } = await mcpTools(client);
    const llm = calling(tools[0]!.name, { path: '/a' });
    const { steps } = await runTools(llm, 'Read it.', { tools });
    expect(tools[0]!.name).toMatch(/^fs_read_file_[\da-f]{16}$/);
    expect(tools[0]!.serverName).toBe('fs/read.file');
    expect(calls).toEqual([['fs/read.file', { path: '/a' }]]);
    expect(steps[0]!.results[0]).toMatchObject({ content: 'the text' });
  });

  it('gives structured content as data, and not the text that repeats it', async () => {
    const outputSchema = { type: 'object', properties: { city: { type: 'string' } } };
    const result = {
      content: [{ type: 'text', text: '{ "city": "Bern" }' }],
      structuredContent: { city: 'Bern' },
    };
    const client = await connect(one({ name: 'where', outputSchema }, result));
    const { tools } = await mcpTools(client);
    expect(await tools[0]!.execute({}, context())).toEqual({ city: 'Bern' });
    expect(tools[0]!.outputSchema).toEqual(outputSchema);
  });

  it('gives images as blocks, beside the text', async () => {
    const image = { type: 'image', data: 'iVBORw0KGgo=', mimeType: 'image/png' };
    const client = await connect(
      one({ name: 'shoot' }, { content: [{ type: 'text', text: 'Here.' }, image] }),
    );
    const { tools } = await mcpTools(client);
    expect(await tools[0]!.execute({}, context())).toEqual({
      blocks: [
        { type: 'text', text: 'Here.' },
        { type: 'image', source: { data: 'iVBORw0KGgo=', mediaType: 'image/png' } },
      ],
    });
  });

  it('makes isError an error that runTools tells the model', async () => {
    const client = await connect(
      one({ name: 'read' }, { isError: true, content: [{ type: 'text', text: 'there is no such file' }] }),
    );
    const { tools } = await mcpTools(client);
    const message = 'The tool read of the MCP server "files" reported a failure: there is no such file';
    await expect(tools[0]!.execute({}, context())).rejects.toMatchObject({
      code: 'server',
      retryable: false,
      message,
    });
    const llm = calling('read', {});
    const { steps } = await runTools(llm, 'Read it.', { tools, toolErrors: mcpErrorText });
    expect(steps[0]!.results[0]).toMatchObject({ isError: true, content: message });
    expect(mcpErrorText(new Error('/home/me'))).toBe('The tool failed.');
  });

  it('cancels the call at the server when its signal is aborted', async () => {
    let reached: AbortSignal | undefined;
    const client = await connect({
      pages: () => [[{ name: 'wait' }]],
      call: (_name, _args, { mcpReq }) => {
        reached = mcpReq.signal;
        return new Promise((resolve) => {
          mcpReq.signal.addEventListener('abort', () => resolve({ content: [] }));
        });
      },
    });
    const { tools } = await mcpTools(client);
    const controller = new AbortController();
    const call = Promise.resolve(tools[0]!.execute({}, context(controller.signal)));
    await vi.waitUntil(() => reached !== undefined);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    await vi.waitUntil(() => reached?.aborted === true);
  });

  it('tells how far the tool is, where somebody reads it', async () => {
    const client = await connect({
      pages: () => [[{ name: 'read' }]],
      call: async (_name, _args, { mcpReq }) => {
        const progressToken = mcpReq._meta?.progressToken;
        if (progressToken !== undefined)
          await mcpReq.notify({
            method: 'notifications/progress',
            params: { progressToken, progress: 1, total: 2, message: 'half\u0007' },
          });
        return { content: [{ type: 'text', text: progressToken === undefined ? 'silent' : 'told' }] };
      },
    });
    const { tools } = await mcpTools(client);
    const told: unknown[] = [];
    const progress = async (value: unknown) => void told.push(value);
    expect(await tools[0]!.execute({}, { ...context(), progress })).toBe('told');
    expect(told).toEqual([{ progress: 1, total: 2, message: 'half' }]);
    expect(await tools[0]!.execute({}, context())).toBe('silent');
  });

  it('gives up a tool that does not answer in time', async () => {
    const client = await connect({
      pages: () => [[{ name: 'wait' }]],
      call: () => new Promise(() => undefined),
    });
    const { tools } = await mcpTools(client, { timeoutMs: 50 });
    expect(tools[0]!.timeoutMs).toBe(50);
    await expect(tools[0]!.execute({}, context())).rejects.toMatchObject({
      code: 'timeout',
      provider: 'mcp',
    });
  });

  it('says what the server refused', async () => {
    const client = await connect({
      pages: () => [[{ name: 'read' }]],
      call: () => {
        throw Object.assign(new Error('no such tool'), { code: -32_602 });
      },
    });
    const { tools } = await mcpTools(client);
    await expect(tools[0]!.execute({}, context())).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringContaining('refused the request (-32602): no such tool'),
    });
  });
});

describe.each(PROTOCOLS)('%s', (protocol) => {
  it('reads the list again when the server says that it changed', async () => {
    let pages = [[{ name: 'old' }]];
    const factory = byHand({ pages: () => pages });
    const client = await inMemory(factory, protocol);
    const seen: string[][] = [];
    const mcp = await mcpTools(client, { onChange: (tools) => seen.push(tools.map(({ name }) => name)) });
    expect(mcp.tools.map(({ name }) => name)).toEqual(['old']);
    pages = [[{ name: 'new' }, { name: 'old' }]];
    // The subscription of the newer version may not stand yet.
    await vi.waitUntil(async () => {
      await factory.servers.at(-1)!.sendToolListChanged();
      return seen.length > 0;
    });
    expect(mcp.tools.map(({ name }) => name)).toEqual(['new', 'old']);
    await mcp.close();
  });

  it('keeps the tools when the changed list cannot be read, and says why', async () => {
    let isBroken = false;
    const factory = byHand({
      pages: () => {
        if (isBroken) throw new Error('out of order');
        return [[{ name: 'old' }]];
      },
    });
    const client = await inMemory(factory, protocol);
    const errors: unknown[] = [];
    const mcp = await mcpTools(client, { onError: (error) => errors.push(error) });
    isBroken = true;
    await vi.waitUntil(async () => {
      await factory.servers.at(-1)!.sendToolListChanged();
      return errors.length > 0;
    });
    expect(errors[0]).toMatchObject({ code: 'server', message: expect.stringContaining('out of order') });
    expect(mcp.tools.map(({ name }) => name)).toEqual(['old']);
    await mcp.close();
  });
});

it('puts the names of several servers before those of their tools', async () => {
  const connect = (name: string) =>
    inMemory(byHand({ pages: () => [[{ name: 'search' }]], name }), '2026-07-28');
  const { tools } = await mcpTools({ web: await connect('w'), files: await connect('f') });
  expect(tools.map(({ name, server, serverName }) => [name, server, serverName])).toEqual([
    ['web__search', 'web', 'search'],
    ['files__search', 'files', 'search'],
  ]);
});

it('reads once more for however many changes come at once', async () => {
  let reads = 0;
  const factory = byHand({
    pages: () => {
      reads++;
      return [[{ name: 'a' }]];
    },
  });
  const client = await inMemory(factory, 'legacy');
  const mcp = await mcpTools(client);
  reads = 0;
  for (let at = 0; at < 100; at++) await factory.servers.at(-1)!.sendToolListChanged();
  await new Promise((resolve) => void setTimeout(resolve, 100));
  expect(reads).toBe(1);
  await mcp.close();
});

it('tells nobody of changes after close()', async () => {
  const factory = byHand({ pages: () => [[{ name: 'a' }]] });
  const client = await inMemory(factory, 'legacy');
  const onChange = vi.fn();
  const mcp = await mcpTools(client, { onChange });
  await mcp.close();
  await factory.servers.at(-1)!.sendToolListChanged();
  await new Promise((resolve) => void setTimeout(resolve, 50));
  expect(onChange).not.toHaveBeenCalled();
});

it('gives only the tools that the filter lets through', async () => {
  const pages = () => [[{ name: 'read', annotations: { readOnlyHint: true } }, { name: 'write' }]];
  const client = await inMemory(byHand({ pages }), '2026-07-28');
  const { tools } = await mcpTools(client, {
    filter: ({ annotations }) => annotations.readOnlyHint === true,
  });
  expect(tools.map(({ name }) => name)).toEqual(['read']);
  expect(() => named(tools, 'write')).toThrow();
});

it.each([
  ['what is no client', 1, {}],
  ['a prefix that no name can have', 'client', { prefix: 'a b' }],
  ['a bound that is none', 'client', { maxTools: 0 }],
])('refuses %s as configuration', async (_what, client, options) => {
  const real = client === 'client' ? await inMemory(byHand({ pages: () => [] }), 'legacy') : client;
  await expect(mcpTools(real as never, options)).rejects.toMatchObject({ code: 'configuration' });
});
