/**
 * `node tooling/scaffold/try-apps.ts FOLDER`: type-checks, tests and starts the applications that stand in a folder, one of
 * each template, all at once, as their README says. No key, and no connection that leaves the machine.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

const [folder = ''] = process.argv.slice(2);
/** Loaded before each program: a connection that leaves this machine ends it. */
const OFFLINE = `
  import { Socket } from 'node:net';
  const { connect } = Socket.prototype;
  Socket.prototype.connect = function (...args) {
    const [options] = Array.isArray(args[0]) ? args[0] : args;
    const host = options?.host ?? 'localhost';
    if (/^(localhost|127\\.0\\.0\\.1|::1)$/.test(host)) return connect.apply(this, args);
    console.error('It asks ' + host + ', and was to ask nobody.');
    process.exit(97);
  };
`;
const keyless = Object.entries(process.env).filter(([name]) => !/_API_KEY$|^LLM$/.test(name));
const env = {
  ...Object.fromEntries(keyless),
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(OFFLINE)}`,
  PORT: '0',
  npm_config_update_notifier: 'false',
};

const STAND_IN = 'This is a stand-in and not a language model.';
const problems: string[] = [];

await Promise.all([
  tried('chat', tryChat),
  tried('rag', () =>
    shows('rag', ['start'], ['The introduction costs 30 euros', '[1] machines.md', STAND_IN]),
  ),
  tried('extraction', () =>
    shows('extraction', ['start'], ['"number":"2026-118","amount":74.5', '"amount":1240', STAND_IN]),
  ),
  tried('agent', async () => {
    await shows('agent', ['start'], ['It wants to order: {"wood":"oak","boards":4}', STAND_IN]);
    await shows('agent', ['start', '--', 'yes'], ['Ordered 4 boards of oak.']);
  }),
]);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;

async function tried(app: string, start: () => Promise<void>): Promise<void> {
  try {
    await shows(app, ['run', 'typecheck'], []);
    await shows(app, ['test'], ['pass ']);
    await start();
  } catch (error) {
    problems.push(`${app}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Runs `npm ARGS`, and wants it to end well and to say all of `expected`. */
async function shows(app: string, args: readonly string[], expected: readonly string[]): Promise<void> {
  const child = spawn('npm', args, { cwd: join(folder, app), env });
  const ended = new Promise((resolve, reject) => child.once('exit', resolve).once('error', reject));
  ended.catch(() => undefined);
  const output = (await Promise.all([text(child.stdout), text(child.stderr)])).join('');
  const code = await ended;
  const missing = expected.filter((each) => !output.includes(each));
  if (code !== 0 || missing.length > 0)
    throw new Error(
      `npm ${args.join(' ')} ended with ${String(code)}, without ${missing.join(', ') || 'fault'}:\n${output}`,
    );
}

/** A message and its streamed answer, the page, and every module that the page imports. */
async function tryChat(): Promise<void> {
  // A group of its own, since npm does not hand a signal down to what it runs.
  const child = spawn('npm', ['start'], { cwd: join(folder, 'chat'), env, detached: true });
  const ended = new Promise<never>((_resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`npm start ended with ${String(code)}.`)));
  });
  ended.catch(() => undefined);
  try {
    const base = await Promise.race([ended, addressOf(createInterface(child.stdout))]);
    const response = await fetch(`${base}/api/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '[{"role":"user","content":"Hello there"}]',
    });
    const answer = await response.text();
    if (!answer.includes('stand-in') || !answer.includes('event: end'))
      throw new Error(`It answers ${answer}`);
    const page = await (await fetch(base)).text();
    const [, first = 'no import map'] = /"@mortise\/core\/sse": "([^"]+)"/.exec(page) ?? [];
    await importsOf(new URL(first, base), new Set());
  } finally {
    if (child.pid !== undefined) process.kill(-child.pid);
  }
}

async function addressOf(lines: AsyncIterable<string>): Promise<string> {
  for await (const line of lines) {
    const [address] = /http:\S+/.exec(line) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error('It names no address.');
}

async function importsOf(url: URL, seen: Set<string>): Promise<void> {
  if (seen.has(url.href)) return;
  seen.add(url.href);
  const response = await fetch(url);
  const type = response.headers.get('content-type') ?? '';
  if (!response.ok || !type.startsWith('text/javascript'))
    throw new Error(`${url.pathname} is ${response.status}, ${type}`);
  for (const [, specifier = ''] of (await response.text()).matchAll(/\bfrom ?"(\.[^"]+)"/g))
    await importsOf(new URL(specifier, url), seen);
}
