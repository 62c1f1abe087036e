import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileFormat, ReadFailure, SourceFile } from '@mortise/core/reader';
import { readText } from '@mortise/core/reader';
import type { Document } from '@mortise/core/retriever';
import { csvFormat, jsonFormat, jsonLinesFormat, markdownFormat, textFormat } from '@mortise/rag';
import { collect } from '../temporary.ts';

/** A file of this content, and how many pieces of it were asked for. */
function source(
  content: string | Iterable<string>,
  path = 'a.x',
): { file: SourceFile; pieces: () => number } {
  let pieces = 0;
  const file: SourceFile = {
    path,
    id: path,
    bytes: () => Promise.reject(new Error('it is not to be held')),
    async *stream() {
      for (const piece of typeof content === 'string' ? [content] : content) {
        pieces += 1;
        yield Buffer.from(piece);
      }
    },
  };
  return { file, pieces: () => pieces };
}

async function read(format: FileFormat, file: SourceFile, signal?: AbortSignal) {
  const failures: ReadFailure[] = [];
  const documents: Document[] = await collect(
    format.read(file, { signal, report: (failure) => failures.push(failure) }),
  );
  return { documents, failures };
}

describe('maxBytes', () => {
  function* endless(): Generator<string> {
    for (;;) yield 'x'.repeat(1_000);
  }
  const formats = (maxBytes?: number): [string, FileFormat][] => [
    ['text', textFormat({ maxBytes })],
    ['Markdown', markdownFormat({ maxBytes })],
    ['JSON', jsonFormat({ maxBytes })],
    ['CSV as one document', csvFormat({ documents: 'file', maxBytes })],
  ];

  it.each(formats(10_000))(
    'C-13: %s is not read beyond it, and the failure names it',
    async (_name, format) => {
      const { file, pieces } = source(endless());
      const error: unknown = await read(format, file).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: 'parse',
        message: expect.stringMatching(/more than 10000 bytes.*maxBytes/),
      });
      expect(pieces()).toBe(11);
    },
  );

  it('C-13: is 64 MiB where nothing is said, a file of as many bytes is read, and there may be no bound', async () => {
    const { file } = source(endless());
    await expect(read(textFormat(), file)).rejects.toThrow('more than 67108864 bytes');
    expect((await read(textFormat({ maxBytes: 3 }), source('abc').file)).documents).toHaveLength(1);
    for (const create of [textFormat, markdownFormat])
      expect((await read(create({ maxBytes: Infinity }), source('abc').file)).documents).toHaveLength(1);
    const csv = csvFormat({ maxBytes: Infinity, maxRecordLength: Infinity });
    expect((await read(csv, source('a\nb').file)).documents).toHaveLength(1);
    expect((await read(jsonFormat({ maxBytes: Infinity }), source('[1]').file)).documents).toHaveLength(1);
    for (const maxBytes of [0, -1, 1.5, Number.NaN])
      for (const create of [textFormat, markdownFormat, jsonFormat, csvFormat])
        expect(() => create({ maxBytes })).toThrow(expect.objectContaining({ code: 'configuration' }));
  });

  it('C-01: an abort is seen between two pieces', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort('enough'), 30);
    const reading = readText(source(endless()).file, { maxBytes: Infinity, signal: controller.signal });
    await expect(reading).rejects.toBe('enough');
  });
});

describe('JSON in steps', () => {
  const texts = async (json: string, records?: string) => {
    const { documents, failures } = await read(jsonFormat({ records }), source(json).file);
    expect(failures).toEqual([]);
    return documents.map(({ text }) => JSON.parse(text) as unknown);
  };
  const padded = (value: fc.Arbitrary<unknown>) =>
    // Longer than a step: what is between two of them must be checked too.
    value.map((one) => ({ long: ['x'.repeat(40_000), 'y'.repeat(40_000), one], one }));

  it('reads what JSON.parse reads, of any length', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(padded(fc.jsonValue()), { maxLength: 3 }),
        fc.boolean(),
        async (values, isDeep) => {
          const wanted = JSON.parse(JSON.stringify(values)) as unknown[];
          const json = JSON.stringify(
            isDeep ? { first: wanted, 'a/b': [1, { '~': wanted }], last: 1 } : wanted,
            undefined,
            1,
          );
          expect(await texts(json, isDeep ? '/a~1b/1/~0' : undefined)).toEqual(wanted);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('D-01: refuses what JSON.parse refuses, wherever it is wrong', async () => {
    const whole = JSON.stringify({
      items: [{ a: 'x'.repeat(70_000), b: [1, -2.5, true, null] }, [], {}, '"\\u00e9'],
      z: 1,
    });
    const edits = fc.record({
      at: fc.nat(whole.length - 1),
      cut: fc.nat(2),
      put: fc.constantFrom('', ',', ']', '}', '"', ' ', ':', '[', '\u00a0', '0'),
    });
    await fc.assert(
      fc.asyncProperty(edits, async ({ at, cut, put }) => {
        // Not only among the x.
        const place = at % 2 === 0 ? at : whole.length - 1 - (at % 60);
        const json = whole.slice(0, place) + put + whole.slice(place + cut);
        const wanted = attempt(() => (JSON.parse(json) as { items?: unknown }).items);
        const found = await texts(json, '/items').catch((error: unknown) => error);
        if (Array.isArray(wanted)) expect(found).toEqual(wanted);
        else expect(found).toMatchObject({ code: expect.stringMatching(/^(parse|validation)$/) });
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    '[1,]',
    '[,1]',
    '[1 2]',
    '[1]x',
    '{"a":1,}',
    '[',
    '',
    '[1}',
    '{"a" 1}',
    '{1:2}',
    "['a']",
    '[1]]',
    '\u00a0[1]',
    '[01]',
    '[1.]',
  ])('D-01: refuses %j', async (json) => {
    await expect(texts(json)).rejects.toMatchObject({ code: 'parse' });
  });

  it('takes the last of members with one name, and indexes as they are written', async () => {
    expect(await texts('{"a": [1], "b": 0, "a": [2, 3]}', '/a')).toEqual([2, 3]);
    await expect(texts('{"a": [1], "a": 2}', '/a')).rejects.toMatchObject({ code: 'validation' });
    expect(await texts('[[1], [2]]', '/1')).toEqual([2]);
    await expect(texts('[[1], [2]]', '/01')).rejects.toMatchObject({ code: 'validation' });
  });

  it('C-13: nesting without end is read or refused, and does not end the process', async () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    for (const json of [deep, '['.repeat(200_000), '{"a":'.repeat(100_000)]) {
      const outcome = await texts(json).catch((error: unknown) => error);
      if (!Array.isArray(outcome)) expect(outcome).toMatchObject({ code: 'parse' });
    }
    const lines = await read(jsonLinesFormat(), source(`${'['.repeat(100_000)}\n{"a":1}\n`).file);
    expect(lines.documents.map(({ text }) => text)).toEqual(['{"a":1}']);
  });
});

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
