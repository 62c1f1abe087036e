import { spawn, spawnSync } from 'node:child_process';
import { connectMcp, mcpTools } from '@mortise/mcp';
import { expect, it, onTestFinished } from 'vitest';
import { env, places, program, TOKEN } from './cli-program.ts';

const context = () => ({ signal: new AbortController().signal, toolCallId: '1', rawArguments: {} });

it('serves a folder over HTTP, to those who have the token', async () => {
  const child = spawn(
    process.execPath,
    [...program, '--docs', places.docs, '--http', '0', '--token-env', 'MCP_TOKEN'],
    { env: { ...process.env, ...env() }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = new Promise<number | null>((resolve) => void child.once('exit', resolve));
  onTestFinished(() => void child.kill('SIGKILL'));
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const address = /Listening at (\S+)/.exec(said)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.once('exit', () => reject(new Error(said)));
  });
  const client = await connectMcp({ url, token: TOKEN, allowPrivate: true });
  const { tools } = await mcpTools(client);
  const found = await tools[0]!.execute({ query: 'sticks', topK: 1 }, context());
  expect(JSON.stringify(found)).toContain('dogs.md');
  await client.close();
  const refused = { code: 'authentication' };
  await expect(connectMcp({ url, token: `${TOKEN}x`, allowPrivate: true })).rejects.toMatchObject(refused);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

it.each([
  [[], 'there is no folder'],
  [['--docs'], '--docs'],
  [['--docs', 'no-such-folder'], 'no-such-folder cannot be opened'],
  [['--docs', '.', '--http', '99999', '--token-env', 'MCP_TOKEN'], '--http 99999 is no port'],
  [['--docs', '.', '--token-env', 'MCP_TOKEN'], '--token-env is for --http'],
  [['--verbose'], '--verbose'],
  [['--docs', '.', '--http', '0'], '--http needs --token-env NAME'],
  [['--docs', '.', '--http', '0', '--token-env', 'NO_SUCH_VARIABLE'], 'NO_SUCH_VARIABLE is empty'],
])('says what is wrong with %j', (args, message) => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [...program, ...args], {
    env: { ...process.env, ...env() },
    encoding: 'utf8',
  });
  expect(stderr).toContain('mortise-mcp: ');
  expect(stderr).toContain(message);
  expect([status, stdout]).toEqual([1, '']);
});

it('shows its options', () => {
  const { status, stdout } = spawnSync(process.execPath, [...program, '--help'], { encoding: 'utf8' });
  expect([status, stdout]).toEqual([0, expect.stringContaining('npx @mortise/mcp --docs DIR')]);
});
