import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { emitPoint, startSpan, traced } from '@mortise/core/events';
import { inspect, readRecording, recordRuns, runsOf, type RunRecorder } from '@mortise/inspector';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildPage } from '../build-page.ts';

const package_ = resolve(import.meta.dirname, '..');
const isSource = existsSync(join(package_, 'src/cli.ts'));
let folder: string;
let recorder: RunRecorder | undefined;

beforeAll(() => buildPage());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mortise-hostile-'));
});
afterEach(async () => {
  await recorder?.stop();
  recorder = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const text = (): string =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');

/** Runs `script` as a program of its own; what it wrote and its code. */
async function program(script: string): Promise<{ code: number | null; stderr: string }> {
  const conditions = isSource ? ['--conditions=mortise-source', '--disable-warning=ExperimentalWarning'] : [];
  const child = spawn(process.execPath, [...conditions, '--input-type=module', '--eval', script], {
    cwd: package_,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()));
  return new Promise((done) => child.once('close', (code) => done({ code, stderr })));
}

describe('the folder', () => {
  test('keeps what the recorder did not write, also JSON Lines', async () => {
    for (const name of ['train.jsonl', 'a.jsonl', '20200101T000000000Z-notes.jsonl'])
      writeFileSync(join(folder, name), '{}\n');
    recorder = recordRuns({ folder, maxFiles: 1, maxFileBytes: 200 });
    for (let at = 0; at < 5; at++) {
      await traced(`step-${at}`, () => undefined);
      await recorder.flush();
    }
    const names = readdirSync(folder);
    expect(names).toEqual(
      expect.arrayContaining(['train.jsonl', 'a.jsonl', '20200101T000000000Z-notes.jsonl']),
    );
    expect(names).toHaveLength(4);
  });

  test('loses what is oldest by its last line, not what the process that began first writes now', async () => {
    // What a process that began an hour later recorded, and then no more.
    const later = new Date(Date.now() + 3_600_000).toISOString().replaceAll(/[-:.]/g, '');
    for (const part of ['0000', '0001']) {
      const path = join(folder, `${later}-AAAAAAAAAAAA-${part}.jsonl`);
      writeFileSync(path, '');
      utimesSync(path, 1, 1);
    }
    recorder = recordRuns({ folder, maxFiles: 2, maxFileBytes: 300 });
    for (let at = 0; at < 6; at++) {
      await traced(`step-${at}`, () => undefined);
      await recorder.flush();
    }
    expect(readdirSync(folder).filter((name) => name.includes('AAAAAAAAAAAA'))).toEqual([]);
    expect(text()).toContain('step-5');
    expect(text()).toContain('step-4');
  });

  test('is written to anew when its files are taken away meanwhile', async () => {
    recorder = recordRuns({ folder });
    await traced('before', () => undefined);
    await recorder.flush();
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    await traced('after', () => undefined);
    await recorder.flush();
    expect(text()).toContain('after');
    expect(text()).toContain('"mortise-runs"');
  });
});

describe('the process', () => {
  test.each([
    ['throws', '() => { throw new Error("told") }'],
    ['rejects', 'async () => { throw new Error("told") }'],
  ])('goes on where onError %s', async (_, onError) => {
    writeFileSync(join(folder, 'file'), '');
    const { code, stderr } = await program(`
      import { traced } from '@mortise/core/events';
      import { recordRuns } from '@mortise/inspector';
      const recorder = recordRuns({ folder: ${JSON.stringify(join(folder, 'file', 'runs'))}, onError: ${onError} });
      await traced('step', () => 1);
      await recorder.flush();
      await recorder.stop();
    `);
    expect(code).toBe(0);
    expect(stderr).toContain('told');
  });

  test('has its recording on disk where it ends before the first file is there', async () => {
    const { code } = await program(`
      import { traced } from '@mortise/core/events';
      import { recordRuns } from '@mortise/inspector';
      recordRuns({ folder: ${JSON.stringify(folder)}, maxFileBytes: 400 });
      for (let at = 0; at < 9; at++) await traced('step-' + at, () => 1);
      process.exit(3);
    `);
    expect(code).toBe(3);
    const names = runsOf(readRecording(text()).lines).map(({ root }) => root.name);
    expect(names.toSorted((a, b) => a.localeCompare(b))).toEqual(
      Array.from({ length: 9 }, (_, at) => `step-${at}`),
    );
  });

  test('keeps its own Request and Response', async () => {
    const { Request: request, Response: response } = globalThis;
    const inspector = await inspect();
    await inspector.stop();
    expect(globalThis.Request).toBe(request);
    expect(globalThis.Response).toBe(response);
  });
});

describe('a value', () => {
  test('of many parts is cut, however few of them are text', async () => {
    recorder = recordRuns({ folder });
    let value: unknown = 1;
    for (let depth = 0; depth < 8; depth++) value = Array.from({ length: 1_000 }, () => value);
    let nested: unknown = true;
    for (let depth = 0; depth < 8; depth++)
      nested = Object.fromEntries(
        Array.from({ length: 26 }, (_, at) => [String.fromCodePoint(97 + at), nested]),
      );
    await traced('big', () => undefined, { value, nested });
    await recorder.flush();
    expect(text().length).toBeLessThan(4_000_000);
    expect(text()).toContain('more]');
  });

  test('has a long name of a member cut, and says how many members were left out', async () => {
    recorder = recordRuns({ folder });
    const many = Object.fromEntries(Array.from({ length: 1_500 }, (_, at) => [`m${at}`, at]));
    await traced('big', () => undefined, { ['n'.repeat(3_000_000)]: 1, many });
    await recorder.flush();
    expect(text().length).toBeLessThan(200_000);
    expect(text()).toContain('[500 more]');
  });

  test('has no piece of a key where it is cut', async () => {
    recorder = recordRuns({ folder });
    const key = `sk-proj-${'k3y'.repeat(12)}`;
    await traced('big', () => undefined, { note: `${'x '.repeat(32_760)}${key}` });
    await recorder.flush();
    expect(text()).not.toContain('sk-proj');
  });

  test.each([
    ['gsk_', 'Groq'],
    ['xai-', 'xAI'],
    ['tvly-', 'Tavily'],
    ['pcsk_', 'Pinecone'],
    ['jina_', 'Jina'],
    ['nvapi-', 'NVIDIA'],
  ])('has no key that begins with %s, of %s', async (prefix) => {
    recorder = recordRuns({ folder });
    await traced('paste', () => undefined, { note: `the key ${prefix}${'aB3'.repeat(12)} is mine` });
    await traced('link', () => undefined, { link: new URL('https://me:hunter2222@host.example/a') });
    await recorder.flush();
    expect(text()).not.toContain('aB3aB3');
    expect(text()).not.toContain('hunter2222');
  });
});

describe('without consent', () => {
  test('no word of a thing that was thrown is recorded, whatever it calls itself', async () => {
    recorder = recordRuns({ folder });
    const thrown = [
      { name: 'Walnut Smith', message: 'walnut' },
      Object.assign(new Error('walnut'), { name: 'about walnut: 4711' }),
      'walnut',
      new Error('why', { cause: { name: 'walnut cause' } }),
    ];
    for (const value of thrown)
      await traced('fail', () => {
        throw value;
      }).catch(() => undefined);
    await recorder.flush();
    expect(text().match(/"phase":"error"/g)).toHaveLength(4);
    expect(text().toLowerCase()).not.toContain('walnut');
  });

  test('no name of a file that could not be read is recorded, nor why', async () => {
    recorder = recordRuns({ folder });
    const span = startSpan('ingest.read');
    const message = '/home/walnut/divorce.pdf cannot be read: walnut';
    emitPoint('warning', { type: 'unreadable', item: '/home/walnut/divorce.pdf', message }, span);
    emitPoint(
      'warning',
      { type: 'other', setting: 'cache', message: 'The cache holds "walnut"; it was left.' },
      span,
    );
    span.end();
    await recorder.flush();
    expect(text()).toContain('unreadable');
    expect(text()).toContain('The cache holds');
    expect(text()).not.toContain('walnut');
  });
});

describe('what is read', () => {
  test('is every recording of a folder, whatever else is called like one', async () => {
    mkdirSync(join(folder, '1.jsonl'));
    writeFileSync(join(folder, '2.jsonl'), '{"phase":"end","name":"there"}\n');
    const inspector = await inspect({ folder });
    try {
      const { origin, hash } = new URL(inspector.url);
      const headers = { authorization: `Bearer ${hash.slice(1)}` };
      const { body } = await fetch(`${origin}/api/lines`, { headers });
      const { value } = await body!.pipeThrough(new TextDecoderStream()).getReader().read();
      expect(value).toContain('"name":"there"');
    } finally {
      await inspector.stop();
    }
  });
});
