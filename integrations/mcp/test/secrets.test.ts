import { inspect } from 'node:util';
import { subscribe, type MortiseEvent } from '@mortise/core/events';
import { connectMcp, mcpFetch, type McpHttpOptions, type McpStdioOptions } from '@mortise/mcp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { mcpTools } from './opened.ts';
import { byHand, listen, overHttp } from './servers.ts';

const KEY = ['s3cretkey', '123456'].join('-');
/** As a host gives one to each of its users, in the path. */
const PATH_TOKEN = ['a1b2c3d4', 'e5f6a7b8', 'c9d0e1f2'].join('');
const PASSWORD = ['pw', 'hunter', '22'].join('');
const USER = ['bob', 'the', 'user'].join('');

const NOTHING: typeof globalThis.fetch = () => {
  throw new Error('sent');
};

/** The error of a call, and all that is shown of it: by itself, its causes, as JSON, and in events. */
async function failureOf(call: () => unknown): Promise<{ error: unknown; shown: string }> {
  const events: MortiseEvent[] = [];
  onTestFinished(subscribe((event) => void events.push(event)));
  let error: unknown;
  try {
    await call();
  } catch (thrown) {
    error = thrown;
  }
  if (error === undefined) throw new Error('it did not fail');
  const all = { depth: Infinity, showHidden: true };
  const shown = [
    (error as Error).message,
    JSON.stringify(error),
    inspect(error, all),
    inspect(events, all),
    JSON.stringify(events),
  ];
  return { error, shown: shown.join('\n') };
}

const failing = (options: McpHttpOptions | McpStdioOptions) => failureOf(() => connectMcp(options));

describe('the address of a server', () => {
  it.each([
    ['its query', `/mcp?key=${KEY}`, KEY],
    ['a token in its path', `/u/${PATH_TOKEN}/mcp`, PATH_TOKEN],
  ])('does not show %s, though the server repeats it', async (_what, path, secret) => {
    const url = await listen(
      (request) => new Response(`nothing at ${request.url.slice(0, 1_000)}`, { status: 404 }),
    );
    const { error, shown } = await failing({ url: `${url}${path}`, allowPrivate: true });
    expect(error).toMatchObject({ message: expect.stringContaining('nothing at') });
    expect(shown).not.toContain(secret);
  });

  it('does not show its query in what a tool says', async () => {
    const hand = {
      pages: () => [[{ name: 'read' }]],
      call: () => ({ isError: true, content: [{ type: 'text', text: `no such key: ${KEY}` }] }),
    };
    const client = await overHttp(byHand(hand), '2026-07-28', {
      path: `/mcp?key=${KEY}`,
    });
    const { tools } = await mcpTools(client);
    const context = { signal: new AbortController().signal, toolCallId: '1', rawArguments: {} };
    const { shown } = await failureOf(() => tools[0]!.execute({}, context));
    expect(shown).toContain('no such key: [redacted]');
    expect(shown).not.toContain(KEY);
  });

  it('does not show the beginning of a secret where the words of a server are cut', async () => {
    for (let before = 900; before < 1_000; before += 3) {
      const { shown } = await failing({
        url: `https://93.184.216.34/mcp?key=${KEY}`,
        fetch: async () => new Response(`${'x'.repeat(before)}${KEY}`, { status: 404 }),
      });
      expect(shown).not.toContain(KEY.slice(0, 4));
    }
  });

  it.each([
    ['a user and a password', `https://${USER}:${PASSWORD}@mcp.example/mcp`],
    ['a user', `https://${USER}@mcp.example/mcp`],
    ['a password', `https://:${PASSWORD}@mcp.example/mcp`],
  ])('is refused with %s, which no fetch takes, and not repeated', async (_what, url) => {
    for (const call of [
      () => connectMcp({ url }),
      () => connectMcp({ url: new URL(url) }),
      () => mcpFetch({ fetch: NOTHING, lookup: async () => ['93.184.216.34'] })(url),
    ]) {
      const { error, shown } = await failureOf(call);
      expect(error).toMatchObject({
        code: 'configuration',
        message: expect.stringContaining('Authorization'),
      });
      expect(shown).not.toContain(USER);
      expect(shown).not.toContain(PASSWORD);
    }
  });

  it.each([
    ['a scheme of another kind', `htp://${USER}:${PASSWORD}@x/mcp?key=${KEY}`],
    ['a space in its host', `https://${USER}:${PASSWORD}@x y/mcp?key=${KEY}`],
    ['no scheme', `${USER}:${PASSWORD}@x/mcp?key=${KEY}`],
  ])('that is none, with %s, is not repeated', async (_what, url) => {
    for (const call of [() => connectMcp({ url }), () => mcpFetch({ fetch: NOTHING })(url)]) {
      const { error, shown } = await failureOf(call);
      expect(error).toMatchObject({ code: expect.stringMatching(/^(configuration|invalid-request)$/) });
      expect(error).toMatchObject({ message: expect.stringContaining('https://') });
      for (const secret of [USER, PASSWORD, KEY]) expect(shown).not.toContain(secret);
    }
  });
});

describe('the arguments of a program', () => {
  const command = 'no-such-program-here';

  it('do not show where it cannot be started', async () => {
    const { error, shown } = await failing({ command, args: ['--api-key', KEY, 'walnut'] });
    expect(error).toMatchObject({
      message: expect.stringContaining(command),
      cause: { message: `spawn ${command} ENOENT`, code: 'ENOENT' },
    });
    expect(shown).not.toContain(KEY);
    expect(shown).not.toContain('walnut');
  });

  const secret = `${KEY}/${PATH_TOKEN}`;
  it.each([
    ['--api-key VALUE', ['--api-key', secret]],
    ['--apiKey=VALUE', [`--apiKey=${secret}`]],
    ['--access-token VALUE', ['--access-token', secret]],
    ['-password VALUE', ['-password', secret]],
    ['--client_secret=VALUE', [`--client_secret=${secret}`]],
    ['-e NAME=VALUE', ['-e', `GITHUB_ACCESS_TOKEN=${secret}`]],
    ['--header NAME: VALUE', ['--header', `X-Odd: ${secret}`]],
    ['--header NAME: Bearer VALUE', ['--header', `Authorization:Bearer ${secret}`]],
    ['the password of an address', [`postgres://me:${encodeURIComponent(secret)}@db.example/all`]],
    ['a parameter of an address', [`https://mcp.example/mcp?api_key=${encodeURIComponent(secret)}`]],
  ])('that are secret do not show, though the program repeats them: %s', async (_way, args) => {
    const said = JSON.stringify({
      jsonrpc: '2.0',
      id: 0,
      error: { code: -32_603, message: `no ${secret}, Walnut` },
    });
    const script = `process.stdin.once('data', () => console.log(${JSON.stringify(said)}))`;
    const { error, shown } = await failing({
      command: process.execPath,
      args: ['-e', script, '--', ...args],
      protocol: 'legacy',
      timeoutMs: 10_000,
    });
    expect(error).toMatchObject({ message: expect.stringContaining('Walnut') });
    expect(shown).not.toContain(secret);
    expect(shown).not.toContain(KEY);
  });

  it.each([
    ['a switch with another one behind it', ['--no-token', '--verbose', 'walnut']],
    ['a name that only has such a word in it', ['--tokens-file', 'walnut', '--keyboard=walnut']],
    ['a parameter of no such name', ['postgres://db.example/all?mode=walnut']],
  ])('that are none stay in what it says: %s', async (_way, args) => {
    const said = JSON.stringify({
      jsonrpc: '2.0',
      id: 0,
      error: { code: -32_603, message: 'no --verbose walnut' },
    });
    const script = `process.stdin.once('data', () => console.log(${JSON.stringify(said)}))`;
    const { error } = await failing({
      command: process.execPath,
      args: ['-e', script, '--', ...args],
      protocol: 'legacy',
    });
    expect(error).toMatchObject({ message: expect.stringContaining('no --verbose walnut') });
  });

  it.each([
    ['args', { args: ['--api-key', `${KEY}\0`] }],
    ['env', { env: { API_KEY: `${KEY}\0` } }],
  ])(
    'and its environment are refused where no program can be given them, and not repeated: %s',
    async (what, given) => {
      const { error, shown } = await failing({ command: process.execPath, ...given });
      expect(error).toMatchObject({ code: 'configuration', message: expect.stringContaining(what) });
      expect(shown).not.toContain(KEY);
    },
  );
});
