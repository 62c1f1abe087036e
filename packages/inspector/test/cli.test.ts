import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { traced } from '@mortise/core/events';
import { readRecording, recordRuns, runsOf } from '@mortise/inspector';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildPage } from '../build-page.ts';

const folder = resolve(import.meta.dirname, '..');
const source = join(folder, 'src/cli.ts');
/** As it is published, where that is what is tested. */
const program = existsSync(source)
  ? ['--conditions=mortise-source', '--disable-warning=ExperimentalWarning', source]
  : [join(folder, 'dist/cli.js')];

let runs: string;
let child: ChildProcess | undefined;

beforeAll(() => buildPage());
beforeEach(() => {
  runs = mkdtempSync(join(tmpdir(), 'mortise-cli-'));
});
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(runs, { recursive: true, force: true });
});

/** The program, until it has said its first line or ended. */
async function started(
  args: readonly string[],
): Promise<{ stdout: string; stderr: string; code: number | null }> {
  const own = spawn(process.execPath, [...program, ...args], {
    cwd: runs,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child = own;
  let [stdout, stderr] = ['', ''];
  own.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()));
  return new Promise((done) => {
    own.stdout.on('data', (piece: Buffer) => {
      stdout += piece.toString();
      if (stdout.includes('#')) done({ stdout, stderr, code: null });
    });
    own.once('close', (code) => done({ stdout, stderr, code }));
  });
}

async function namesOf(url: string, enough: number): Promise<string[]> {
  const { origin, hash } = new URL(url.trim());
  const { body } = await fetch(`${origin}/api/lines`, {
    headers: { authorization: `Bearer ${hash.slice(1)}` },
    signal: AbortSignal.timeout(20_000),
  });
  let text = '';
  for await (const piece of body!.pipeThrough(new TextDecoderStream())) {
    text += piece;
    const names = runsOf(readRecording(text).lines).map(({ root }) => root.name);
    if (names.length >= enough) return names;
  }
  return [];
}

test('inspect() lets the process end, also while a page is open', async () => {
  const script = `
    import { inspect } from '@mortise/inspector';
    console.log((await inspect()).url);
    setTimeout(() => undefined, 1_000);
  `;
  const args = [...program.slice(0, -1), '--input-type=module', '--eval', script];
  const own = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  child = own;
  const ended = new Promise((done) => own.once('close', done));
  const url = new URL(
    await new Promise<string>((done) => own.stdout.once('data', (piece: Buffer) => done(piece.toString()))),
  );
  const { body } = await fetch(`${url.origin}/api/lines`, {
    headers: { authorization: `Bearer ${url.hash.slice(1).trim()}` },
  });
  const read = new Response(body).text().catch(() => 'cut');
  expect(await ended).toBe(0);
  expect(await read).toBe('cut');
});

describe('npx @mortise/inspector', () => {
  test('shows what is recorded in .mortise/runs, and what comes while it runs', async () => {
    const recorder = recordRuns({ folder: join(runs, '.mortise/runs') });
    await traced('before', () => undefined);
    await recorder.flush();
    const { stdout } = await started([]);
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#[\w-]{32}\n$/);
    const reading = namesOf(stdout, 2);
    await traced('meanwhile', () => undefined);
    await recorder.stop();
    expect(await reading).toEqual(['meanwhile', 'before']);
    const ended = new Promise((done) => child?.once('close', done));
    child?.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  test('shows one file, whose last line may be half written', async () => {
    const line = (name: string): string =>
      JSON.stringify({ phase: 'end', name, spanId: name, time: 2, durationMs: 1, attributes: {} });
    const file = join(runs, 'one.jsonl');
    writeFileSync(file, `${line('whole')}\n${line('half').slice(0, 30)}`);
    const { stdout } = await started([file]);
    expect(await namesOf(stdout, 1)).toEqual(['whole']);
    const reading = namesOf(stdout, 2);
    appendFileSync(file, `${line('half').slice(30)}\n`);
    expect((await reading).toSorted((a, b) => a.localeCompare(b))).toEqual(['half', 'whole']);
  });

  test('ends, and says why, when what it shows can be read no more', async () => {
    await started([runs]);
    const ended = new Promise((done) => child?.once('close', done));
    symlinkSync('circle.jsonl', join(runs, 'circle.jsonl'));
    expect(await Promise.race([ended, new Promise((late) => setTimeout(late, 15_000, 'still there'))])).toBe(
      1,
    );
  });

  test.each([
    [['nowhere'], /cannot be read from nowhere.*Record some with recordRuns\(\)/],
    [['--port', '70000'], /70000 is no port/],
  ])('says in one line what is wrong with %j', async (args, message) => {
    const { code, stdout, stderr } = await started(args);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('says what it can with --help', async () => {
    const { code, stdout } = await started(['--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('default: .mortise/runs');
  });
});
