import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectMcp, mcpTools } from '@mortise/mcp';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';

const context = () => ({ signal: new AbortController().signal, toolCallId: '1', rawArguments: {} });
const TOKEN = 'a-token-of-sixteen-or-more';

/** As the tests run: on the sources, or on what is published. */
const folder = dirname(fileURLToPath(import.meta.resolve('@mortise/mcp/package.json')));
const program =
  process.env['MORTISE_TARBALLS'] === '1'
    ? [join(folder, 'dist/cli.js')]
    : ['--conditions=mortise-source', '--disable-warning=ExperimentalWarning', join(folder, 'src/cli.ts')];

let docs: string;
let caches: string;
const env = () => ({ XDG_CACHE_HOME: caches, MCP_TOKEN: TOKEN });

beforeAll(() => {
  docs = mkdtempSync(join(tmpdir(), 'mortise-mcp-docs-'));
  caches = mkdtempSync(join(tmpdir(), 'mortise-mcp-caches-'));
  writeFileSync(join(docs, 'cats.md'), '# Cats\n\nCats sleep sixteen hours a day.\n');
  writeFileSync(join(docs, 'dogs.md'), '# Dogs\n\nDogs like to fetch sticks.\n');
});

afterAll(() => {
  for (const each of [docs, caches]) rmSync(each, { recursive: true, force: true });
});

it('serves a folder over standard input and output, found by meaning, on this machine', async () => {
  const client = await connectMcp({
    command: process.execPath,
    args: [...program, '--docs', docs],
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

it('serves a folder over HTTP, to those who have the token', async () => {
  const child = spawn(
    process.execPath,
    [...program, '--docs', docs, '--http', '0', '--token-env', 'MCP_TOKEN'],
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
