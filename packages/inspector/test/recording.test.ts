import type { MortiseError } from '@mortise/core';
import { emitPoint, traced } from '@mortise/core/events';
import { ScriptedLLM } from '@mortise/core/testing';
import {
  flatten,
  readRecording,
  recordRuns,
  runsOf,
  stepsOf,
  type Run,
  type RunRecorder,
} from '@mortise/inspector';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { askDocuments, failToAuthenticate, QUESTION, runAgent, SECRET } from './scenes.ts';

let folder: string;
let recorder: RunRecorder | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mortise-runs-'));
});
afterEach(async () => {
  await recorder?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const text = (): string =>
  readdirSync(folder)
    .toSorted()
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');

const runs = (): Run[] => runsOf(readRecording(text()).lines);

/** Words that stand in what was asked, found, said and thrown. */
const PRIVATE = [
  'mortise of the west',
  'Hide glue',
  'customer 4711',
  'yard.example',
  'walnut',
  'depth_mm',
  'Measure the',
];

describe('a recording', () => {
  test('holds the tree, the tokens and the retries of a question, and no word of it', async () => {
    recorder = recordRuns({ folder });
    await askDocuments();
    await runAgent();
    await failToAuthenticate();
    // What Mortise quotes is somebody's too.
    const wrong = [{ type: 'tool-call', id: 'c', name: 'order', arguments: 'walnut' }] as never;
    await new ScriptedLLM({ replies: [wrong] })
      .chat([{ role: 'assistant', content: wrong }])
      .catch(() => undefined);
    await recorder.flush();
    const query = runs().find(({ root }) => root.name === 'query')!;
    expect(flatten(query.root).map(({ span, depth }) => `${depth} ${span.name}`)).toEqual([
      '0 query',
      '1 retriever.retrieve',
      '2 embedding.batch',
      '1 synthesize',
      '2 llm.chat',
    ]);
    const llm = flatten(query.root).at(-1)!.span;
    expect(llm.attributes).toMatchObject({
      provider: 'house',
      usage: { inputTokens: 412, outputTokens: 38 },
    });
    // The budget stands around the model, and its cost is the model's all the same.
    expect(stepsOf(query.root)).toMatchObject([
      { span: { name: 'embedding.batch' } },
      { span: { name: 'llm.chat' }, inputTokens: 412, outputTokens: 38, cost: 0.000895 },
    ]);
    expect(llm.points.map(({ name }) => name)).toEqual(expect.arrayContaining(['retry', 'first-token']));
    const recorded = text();
    for (const word of [...PRIVATE, SECRET]) expect(recorded).not.toContain(word);
    expect(readRecording(recorded)).toMatchObject({ unreadable: 0 });
    // What Mortise itself says of an error is there, and what a tool threw is not.
    expect(recorded).toContain('The provider does not know this key.');
    expect(recorded).toMatch(/arguments is \\"…\\"; it takes an object/);
    const tool = runs()
      .flatMap(({ root }) => flatten(root))
      .find(({ span }) => span.error?.code === undefined && span.error);
    expect(tool?.span.error).toEqual({ name: 'Error' });
  });

  test('holds content where the application asks for it, and even then no key', async () => {
    recorder = recordRuns({ folder, content: true });
    await askDocuments();
    await runAgent();
    await traced('paste', () => undefined, { header: `Bearer ${SECRET}`, note: SECRET });
    await recorder.flush();
    const recorded = text();
    for (const word of PRIVATE) expect(recorded).toContain(word);
    expect(recorded).not.toContain(SECRET);
    expect(recorded).not.toContain(SECRET.slice(8));
    const query = runs().find(({ root }) => root.name === 'query')!.root;
    expect(query.content).toMatchObject({
      query: QUESTION,
      citations: [{ number: 1, quote: expect.stringContaining('forty millimetres') }, { number: 2 }],
      sources: [{ node: { id: expect.any(String) } }, {}],
    });
    // Vectors are told by their length.
    expect(recorded).not.toMatch(/"embedding":\{/);
  });

  test.each([
    ['a key', SECRET],
    ['a header', `Authorization: Bearer ${'a1'.repeat(12)}`],
    ['a web token', `cookie=session.eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(30)}.${'c'.repeat(22)}; path=/`],
  ])('holds no %s, even where the application gives it', async (_, secret) => {
    recorder = recordRuns({ folder, content: true });
    await traced('paste', () => undefined, { note: `so: ${secret} (see v1.2.3 of a.b.c)`, [secret]: 1 });
    await recorder.flush();
    const [word = ''] = /(?:sk-proj-|a1a1|eyJa).{12}/.exec(secret) ?? [];
    expect(word).not.toBe('');
    expect(text()).not.toContain(word);
    expect(text()).toContain('[redacted]');
    expect(text()).toContain('v1.2.3 of a.b.c');
  });

  test.each(['eyJ-', 'eyJ', 'eyJaaaaaaaaaaaaaaaa.', 'sk-', 'Bearer ', '"', " '", 'a.'])(
    'takes time in proportion to a text in which %j comes again and again',
    async (repeated) => {
      recorder = recordRuns({ folder, content: true });
      const began = performance.now();
      for (let at = 0; at < 20; at++)
        await traced('long', () => undefined, { note: repeated.repeat(60_000 / repeated.length) });
      expect(performance.now() - began).toBeLessThan(4_000);
    },
  );

  test('is of its owner alone', async () => {
    recorder = recordRuns({ folder: join(folder, 'runs') });
    await traced('step', () => undefined);
    await recorder.flush();
    const [name] = readdirSync(join(folder, 'runs'));
    expect(statSync(join(folder, 'runs')).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'runs', name!)).mode & 0o777).toBe(0o600);
  });

  test('is bounded in bytes and files, the oldest go, and each file can be read by itself', async () => {
    recorder = recordRuns({ folder, maxFileBytes: 4_000, maxFiles: 3 });
    for (let at = 0; at < 300; at++) {
      await traced('step', () => undefined, { at });
      if (at % 10 === 0) await recorder.flush();
    }
    await recorder.flush();
    const names = readdirSync(folder).toSorted();
    expect(names.length).toBeLessThanOrEqual(3);
    for (const name of names) {
      const part = readFileSync(join(folder, name), 'utf8');
      expect(Buffer.byteLength(part)).toBeLessThan(4_000 + 4_000);
      const { lines, unreadable } = readRecording(part);
      expect(unreadable).toBe(0);
      expect(lines[0]).toMatchObject({ format: 'mortise-runs' });
    }
    expect(runs()[0]?.root.attributes['at']).toBe(299);
  });

  test('of a process that was killed while it wrote lacks its last line alone', () => {
    const line = (at: number): string =>
      JSON.stringify({
        phase: 'end',
        name: 'step',
        spanId: `m${at}`,
        time: at,
        durationMs: 1,
        attributes: {},
      });
    const whole = `${line(1)}\n${line(2)}\n${line(3)}`;
    const recording = readRecording(whole.slice(0, -20));
    expect(recording.unreadable).toBe(1);
    expect(runsOf(recording.lines)).toHaveLength(2);
  });

  test('of lines that are too deep to be walked lacks those lines', () => {
    const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
    const text = `{"phase":"start","name":"x","spanId":"m1","time":1,"attributes":{"a":${deep}}}`;
    expect(readRecording(`${text}\n${text.replace(deep, '1')}`)).toMatchObject({
      lines: [{ attributes: { a: 1 } }],
      unreadable: 1,
    });
  });

  test('holds whatever stands in attributes, bounded: circles, getters that throw, long texts, bytes, a million items', async () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const attributes = {
      circle,
      bytes: new Uint8Array(5),
      vector: new Float32Array(3),
      big: 12n,
      list: Array.from({ length: 1_000_000 }, () => 'x'),
      long: 'y'.repeat(5_000_000),
      odd: {
        get broken(): never {
          throw new Error('no');
        },
      },
      run: () => 1,
      nothing: undefined,
      at: new Date(0),
    };
    recorder = recordRuns({ folder });
    await traced('odd', () => emitPoint('warning', { message: 'z'.repeat(100_000) }), attributes);
    await recorder.flush();
    expect(text().length).toBeLessThan(400_000);
    expect(readRecording(text()).unreadable).toBe(0);
    const [{ root }] = runs() as [Run];
    expect(root.attributes).toMatchObject({
      circle: { self: '[circular]' },
      bytes: '[5 bytes]',
      vector: '[3 numbers]',
      big: '12n',
      odd: '[unreadable]',
      run: '[function]',
      at: '1970-01-01T00:00:00.000Z',
    });
  });

  test('tells once when the disk fails, and breaks no call', async () => {
    writeFileSync(join(folder, 'file'), '');
    const told: MortiseError[] = [];
    recorder = recordRuns({ folder: join(folder, 'file', 'runs'), onError: (error) => told.push(error) });
    expect(await traced('step', () => 7)).toBe(7);
    await recorder.flush();
    expect(await traced('step', () => 8)).toBe(8);
    await recorder.flush();
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('recorded no more'),
    });
  });

  test('ends with stop, which leaves nothing behind', async () => {
    const listeners = process.listenerCount('exit');
    const own = recordRuns({ folder });
    await traced('before', () => undefined);
    await own.stop();
    await traced('after', () => undefined);
    expect(text()).toContain('before');
    expect(text()).not.toContain('after');
    expect(process.listenerCount('exit')).toBe(listeners);
  });

  test.each([{ maxFileBytes: 0 }, { maxFiles: 1.5 }])('refuses bounds that are none: %o', (bounds) => {
    expect(() => recordRuns({ folder, ...bounds })).toThrow(/takes a whole number/);
    expect(existsSync(folder)).toBe(true);
  });
});
