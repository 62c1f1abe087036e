import { join } from 'node:path';
import { connectMcp, type McpStdioOptions } from '@mortise/mcp';
import { mcpTools } from './opened.ts';
import { expect, it, onTestFinished } from 'vitest';

const context = () => ({ signal: new AbortController().signal, toolCallId: '1', rawArguments: {} });
const program = join(import.meta.dirname, 'stdio-server.mjs');
/** As the tests run: on the sources, or on what is published. */
const SOURCES =
  process.env['MORTISE_TARBALLS'] === '1'
    ? []
    : ['--conditions=mortise-source', '--disable-warning=ExperimentalWarning'];

async function connect(options: Partial<McpStdioOptions> = {}): ReturnType<typeof connectMcp> {
  const client = await connectMcp({ command: process.execPath, args: [program], ...options });
  onTestFinished(() => client.close());
  return client;
}

it.each(['2026-07-28', 'legacy'] as const)(
  'calls tools of a program that it starts (%s)',
  async (protocol) => {
    const client = await connect({ protocol, env: { GREETING: 'Hello' } });
    const { tools } = await mcpTools(client);
    expect(tools.map(({ server, name }) => [server, name])).toEqual([
      ['program', 'echo'],
      ['program', 'flood'],
    ]);
    expect(await tools[0]!.execute({ text: 'you' }, context())).toBe('Hello you');
  },
);

it('ends the connection over a message that is too large', async () => {
  const client = await connect({ protocol: 'legacy', maxMessageBytes: 50_000 });
  const { tools } = await mcpTools(client);
  await expect(tools[1]!.execute({}, context())).rejects.toMatchObject({ code: 'connection' });
});

it('says that a program cannot be started', async () => {
  await expect(connect({ command: 'no-such-program-here' })).rejects.toMatchObject({
    code: expect.stringMatching(/^(connection|internal)$/),
    message: expect.stringContaining('no-such-program-here'),
  });
});

it('gives up a program that says nothing', async () => {
  await expect(
    connect({ args: ['-e', 'setInterval(() => {}, 1000)'], protocol: 'legacy', timeoutMs: 200 }),
  ).rejects.toMatchObject({ code: 'timeout' });
});

it.each(['2026-07-28', 'legacy'] as const)(
  'serves a tool over standard input and output (%s)',
  async (protocol) => {
    const args = [...SOURCES, join(import.meta.dirname, 'serving-program.mjs')];
    const client = await connect({ args, protocol, stderr: 'inherit' });
    const { tools } = await mcpTools(client);
    expect(await tools[0]!.execute({ text: 'hello' }, context())).toBe('HELLO');
    await expect(tools[0]!.execute({}, context())).rejects.toMatchObject({ code: 'server' });
  },
);
