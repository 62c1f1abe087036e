import { spawnSync } from 'node:child_process';
import { connectMcp } from '@mortise/mcp';
import { mcpTools } from './opened.ts';
import { expect, it, onTestFinished } from 'vitest';
import { env, places, program } from './cli-program.ts';

const context = () => ({ signal: new AbortController().signal, toolCallId: '1', rawArguments: {} });

it('serves a folder over standard input and output, found by meaning, on this machine', async () => {
  const client = await connectMcp({
    command: process.execPath,
    args: [...program, '--docs', places.docs],
    env: env(),
    protocol: '2026-07-28',
  });
  onTestFinished(() => client.close());
  const { tools } = await mcpTools(client);
  expect(tools.map(({ name }) => name)).toEqual(['search']);
  const found = await tools[0]!.execute({ query: 'How long does a feline rest?', topK: 1 }, context());
  expect(found).toMatchObject({
    blocks: [{ type: 'text', text: expect.stringContaining('"source":"cats.md"') }, { type: 'text' }],
  });
});

it('says what is wrong with its options', () => {
  const args = ['--docs', '.', '--http', '0'];
  const { status, stderr, stdout } = spawnSync(process.execPath, [...program, ...args], {
    env: { ...process.env, ...env() },
    encoding: 'utf8',
  });
  expect(stderr).toContain('mortise-mcp: --http needs --token-env NAME');
  expect([status, stdout]).toEqual([1, '']);
});
