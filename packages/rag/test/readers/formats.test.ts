import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { FileFormat, ReadFailure, ReadProgress } from '@mortise/core/reader';
import type { Document } from '@mortise/core/retriever';
import {
  csvFormat,
  DirectoryReader,
  FilesReader,
  jsonFormat,
  jsonLinesFormat,
  markdownFormat,
  SentenceSplitter,
  textFormat,
  type CsvOptions,
} from '@mortise/rag';
import { collect, temporaryFolder } from '../temporary.ts';
import { codePoint } from '../code-point.ts';

interface Seen {
  readonly documents: Document[];
  readonly failures: ReadFailure[];
  readonly progress: ReadProgress[];
}

/** What comes of a file of this name. */
async function read(name: string, content: string | Uint8Array, format: FileFormat): Promise<Seen> {
  const root = await temporaryFolder({ [name]: content });
  const seen = { failures: [] as ReadFailure[], progress: [] as ReadProgress[] };
  const reader = new FilesReader({
    root,
    files: [name],
    formats: { [/\.\w+$/.exec(name)?.[0] ?? '']: format },
  });
  const documents = await collect(
    reader.read({
      onError: (failure) => seen.failures.push(failure),
      onProgress: (step) => seen.progress.push(step),
    }),
  );
  return { documents, ...seen };
}

/** What comes of text that arrives in these pieces; the reader of files knows nothing of pieces. */
async function inPieces(format: FileFormat, pieces: readonly Uint8Array[]): Promise<Document[]> {
  const file = {
    path: 'a.x',
    id: 'a.x',
    bytes: async () => Buffer.concat(pieces),
    async *stream() {
      yield* pieces;
    },
  };
  return collect(format.read(file, { report: ({ error }) => expect.fail(error.message) }));
}

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return ends.map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end));
}

const texts = ({ documents }: Seen) => documents.map(({ text }) => text);
const ids = ({ documents }: Seen) => documents.map(({ id }) => id);
const errors = ({ failures }: Seen) => failures.map(({ item, part = item, error }) => [part, error.message]);

describe('jsonLinesFormat', () => {
  it('D-02: gives a document a line, with its line, and its place in the file', async () => {
    const source = '{"a":1}\r\n\r\n  {"a":2}\n{"a":3}';
    const seen = await read('a.jsonl', source, jsonLinesFormat());
    expect(ids(seen)).toEqual(['a.jsonl#1', 'a.jsonl#3', 'a.jsonl#4']);
    expect(seen.documents.map(({ metadata }) => metadata['line'])).toEqual([1, 3, 4]);
    for (const { text, metadata } of seen.documents) {
      expect(source.startsWith(text, metadata['bodyStart'] as number)).toBe(true);
      expect(metadata).toMatchObject({ path: 'a.jsonl', mediaType: 'application/json' });
    }
  });

  it('takes text, metadata and id from the members that it is told', async () => {
    const source = JSON.stringify({ id: 7, head: 'Tides', body: { text: 'Twice a day.' }, by: 'Ada', x: 1 });
    const format = jsonLinesFormat({
      id: 'id',
      text: ['head', '/body/text'],
      metadata: ['by', '/body/none'],
    });
    const { documents } = await read('a.jsonl', `${source}\n`, format);
    expect(documents).toMatchObject([
      {
        id: 'a.jsonl#7',
        text: 'Tides\n\nTwice a day.',
        metadata: { by: 'Ada', path: 'a.jsonl', line: 1, recordStart: 0, recordEnd: source.length },
      },
    ]);
    const made = jsonLinesFormat({ text: () => 'made', metadata: () => ({ b: 2 }) });
    expect((await read('a.jsonl', source, made)).documents).toMatchObject([
      { text: 'made', metadata: { b: 2 } },
    ]);
  });

  it('D-01: a line that is no JSON is reported with its number, and the rest is read', async () => {
    const source = '{"t":"one"}\n{"t":\n{"u":"three"}\n{"t":"four"}\n';
    const seen = await read('a.jsonl', source, jsonLinesFormat({ text: 't' }));
    expect(texts(seen)).toEqual(['one', 'four']);
    expect(seen.failures.map(({ item, part }) => [item, part])).toEqual([
      ['a.jsonl', 'a.jsonl#2'],
      ['a.jsonl', 'a.jsonl#3'],
    ]);
    expect(seen.failures[0]?.error).toMatchObject({
      code: 'parse',
      message: expect.stringMatching(/^a\.jsonl cannot be read at line 2: it is not JSON/),
    });
    expect(seen.failures[1]?.error.message).toContain('line 3: it has no t.');
    expect(seen.progress).toMatchObject([{ done: 1, failed: 1, outcome: 'partial' }]);
  });

  it('D-01: a line that is too long is passed over without being held', async () => {
    const source = `{"t":"${'x'.repeat(300)}"}\n{"t":"short"}\n`;
    const seen = await read('a.jsonl', source, jsonLinesFormat({ text: 't', maxRecordLength: 100 }));
    expect(texts(seen)).toEqual(['short']);
    expect(errors(seen)).toEqual([['a.jsonl#1', expect.stringContaining('longer than 100 characters')]]);
  });

  it('D-01: holds no more than a record: the first comes before the rest was read', async () => {
    let pulled = 0;
    const file = {
      path: 'a.jsonl',
      id: 'a.jsonl',
      bytes: () => Promise.reject(new Error('not whole')),
      async *stream() {
        for (; pulled < 1_000; pulled++) yield new TextEncoder().encode(`{"n":${pulled}}\n`);
      },
    };
    const documents = jsonLinesFormat()
      .read(file, { report: () => undefined })
      [Symbol.asyncIterator]();
    expect((await documents.next()).value).toMatchObject({ text: '{"n":0}' });
    expect(pulled).toBeLessThan(3);
    await documents.return?.();
    expect(pulled).toBeLessThan(3);
  });

  it('reads the same wherever the bytes are cut', async () => {
    const records = fc.array(fc.record({ t: fc.string({ unit: codePoint, minLength: 1 }) }), {
      minLength: 1,
    });
    const ends = fc.constantFrom('\n', '\r\n');
    await fc.assert(
      fc.asyncProperty(records, ends, fc.array(fc.nat()), async (values, end, places) => {
        const bytes = new TextEncoder().encode(values.map((value) => JSON.stringify(value) + end).join(''));
        const documents = await inPieces(
          jsonLinesFormat({ text: ({ t }: any) => `${t}.` }),
          cut(bytes, places),
        );
        const wanted = values.map(({ t }) => `${t}.`);
        expect(documents.map(({ text }) => text)).toEqual(wanted);
      }),
      { numRuns: 100 },
    );
  });
});

describe('jsonFormat', () => {
  it('D-02: gives a document a record, with its pointer, and its place in the file', async () => {
    const source = '\n{"n": 2, "items": [ {"t": "a ]"}, {"t": "b"} , 3 ], "after": [1]}';
    const seen = await read('a.json', source, jsonFormat({ records: '/items' }));
    expect(texts(seen)).toEqual(['{"t": "a ]"}', '{"t": "b"}', '3']);
    expect(seen.documents.map(({ metadata }) => metadata['pointer'])).toEqual([
      '/items/0',
      '/items/1',
      '/items/2',
    ]);
    for (const { text, metadata } of seen.documents)
      expect(source.startsWith(text, metadata['bodyStart'] as number)).toBe(true);
  });

  it('finds where records stand in any JSON', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue()), fc.constantFrom(0, 2), async (values, indent) => {
        const wanted = JSON.parse(JSON.stringify(values)) as unknown[];
        const source = JSON.stringify({ 'a/b': { '~': wanted } }, undefined, indent);
        const documents = await inPieces(jsonFormat({ records: '/a~1b/~0' }), [
          new TextEncoder().encode(source),
        ]);
        expect(documents.map(({ text }) => JSON.parse(text) as unknown)).toEqual(wanted);
        for (const { text, metadata } of documents)
          expect(source.startsWith(text, metadata['bodyStart'] as number)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('takes a file that is no array for one record, and an array for its elements', async () => {
    expect(texts(await read('a.json', ' {"a":1}\n', jsonFormat()))).toEqual(['{"a":1}']);
    expect(texts(await read('a.json', '[1, "b"]', jsonFormat()))).toEqual(['1', '"b"']);
    expect(texts(await read('a.json', '[]', jsonFormat()))).toEqual([]);
  });

  it('D-01: what is no JSON, and what is not where it should be, is reported in words', async () => {
    const lines = await read('a.json', '{"a":1}\n{"a":2}', jsonFormat());
    expect(lines.documents).toEqual([]);
    expect(errors(lines)[0]?.[1]).toMatch(/It looks like JSON Lines/);
    const elsewhere = await read('a.json', '{"a":1}', jsonFormat({ records: '/items' }));
    expect(errors(elsewhere)[0]?.[1]).toMatch(/no array at \/items/);
    const partly = await read('a.json', '[{"t":"one"},{},{"t":"three"}]', jsonFormat({ text: 't' }));
    expect(texts(partly)).toEqual(['one', 'three']);
    expect(partly.failures).toMatchObject([{ item: 'a.json', part: 'a.json#1' }]);
  });

  it('takes __proto__ for a name', async () => {
    const format = jsonFormat({ metadata: ['__proto__'] });
    const { documents } = await read('a.json', '[{"__proto__":"x"}]', format);
    expect(Object.getPrototypeOf(documents[0]?.metadata)).toBe(Object.prototype);
  });
});

describe('csvFormat', () => {
  const csv = (content: string | Uint8Array, options?: CsvOptions, name = 'a.csv') =>
    read(name, content, csvFormat(options));

  it('D-02: gives a document a row, with its line, and its place in the file', async () => {
    const source = 'name,about\r\nAda,"Wrote, first\r\nof all"\r\n\r\nGrace,"She ""found"" it"\r\n';
    const seen = await csv(source);
    expect(texts(seen)).toEqual([
      'name: Ada\nabout: Wrote, first\r\nof all',
      'name: Grace\nabout: She "found" it',
    ]);
    expect(ids(seen)).toEqual(['a.csv#1', 'a.csv#2']);
    expect(seen.documents.map(({ metadata }) => metadata['line'])).toEqual([2, 5]);
    const spans = seen.documents.map(({ metadata: { recordStart, recordEnd } }) =>
      source.slice(recordStart as number, recordEnd as number),
    );
    expect(spans).toEqual(['Ada,"Wrote, first\r\nof all"', 'Grace,"She ""found"" it"']);
  });

  it('takes text, metadata and id from the columns that it is told', async () => {
    const options = { id: 'key', text: 'body', metadata: ['by'] };
    const { documents } = await csv('key,by,body\nk1,Ada,Tides', options);
    expect(documents).toMatchObject([{ id: 'a.csv#k1', text: 'Tides', metadata: { by: 'Ada', line: 2 } }]);
  });

  it.each<[string, string, CsvOptions, string, string[]]>([
    ['tabs in a .tsv', 'a\tb\n1\t2,3', {}, 'a.tsv', ['a: 1\nb: 2,3']],
    ['another delimiter', 'a;b\n1;2', { delimiter: ';' }, 'a.csv', ['a: 1\nb: 2']],
    ['no header', '1,2', { header: false }, 'a.csv', ['1: 1\n2: 2']],
    ['names in place of a header', '1,2', { header: ['x', 'y'] }, 'a.csv', ['x: 1\ny: 2']],
    ['names that repeat or are missing', 'a,,a\n1,2,3', {}, 'a.csv', ['a: 1\n2: 2\na 3: 3']],
    ['lines that end in CR', 'a\r1\r2', {}, 'a.csv', ['a: 1', 'a: 2']],
    ['nothing', '', {}, 'a.csv', []],
    ['the file as it stands', 'a,b\n1,2\n', { documents: 'file' }, 'a.csv', ['a,b\n1,2\n']],
  ])('reads %s', async (_what, source, options, name, wanted) => {
    const seen = await csv(source, options, name);
    expect([texts(seen), seen.failures]).toEqual([wanted, []]);
  });

  it('D-01: a row that is broken is reported with its line, and the rest is read', async () => {
    const seen = await csv('a,b\n1,2\n3\n"4"x,5\n6,7\n"8,9\n');
    expect(texts(seen)).toEqual(['a: 1\nb: 2', 'a: 6\nb: 7']);
    expect(errors(seen)).toEqual([
      [
        'a.csv#2',
        expect.stringMatching(/^a\.csv cannot be read at line 3: it has 1 fields, where there are 2/),
      ],
      ['a.csv#3', expect.stringContaining('line 4: it has text after a quoted field')],
      ['a.csv#5', expect.stringContaining('line 6: it has a quoted field that is not closed')],
    ]);
    const long = await csv(`a\n${'x'.repeat(99)}\ny\n`, { maxRecordLength: 50 });
    expect(texts(long)).toEqual(['a: y']);
    expect(errors(long)).toEqual([['a.csv#1', expect.stringContaining('longer than 50')]]);
  });

  it('reads what was written, wherever the bytes are cut', async () => {
    const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', 'é', '😀', ' ') });
    const table = fc.array(fc.tuple(field, field), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.array(fc.nat()),
        async (rows, end, places) => {
          const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
          const source = rows.map((row) => row.map(quoted).join(',') + end).join('');
          const format = csvFormat({ header: ['x', 'y'], text: ({ x, y }) => `${JSON.stringify([x, y])}` });
          const documents = await inPieces(format, cut(new TextEncoder().encode(source), places));
          expect(documents.map(({ text }) => JSON.parse(text) as unknown)).toEqual(rows);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('refuses a delimiter that cannot be one', () => {
    for (const delimiter of ['', '"', '\n', ', '])
      expect(() => csvFormat({ delimiter })).toThrow(expect.objectContaining({ code: 'configuration' }));
  });
});

describe('every format of text', () => {
  const formats: [string, FileFormat, string, string][] = [
    ['a.txt', textFormat(), 'Grüße', 'Grüße'],
    ['a.md', markdownFormat(), '# Grüße', '# Grüße'],
    ['a.jsonl', jsonLinesFormat({ text: 't' }), '{"t":"Grüße"}', 'Grüße'],
    ['a.json', jsonFormat({ text: 't' }), '{"t":"Grüße"}', 'Grüße'],
    ['a.csv', csvFormat({ text: 't' }), 't\nGrüße', 'Grüße'],
  ];

  it.each(formats)(
    '%s: in UTF-8 with and without a byte order mark, and in UTF-16 with one',
    async (name, format, source, text) => {
      const bigEndian = Buffer.from(`\ufeff${source}`, 'utf16le').swap16();
      for (const bytes of [
        Buffer.from(source),
        Buffer.from(`\ufeff${source}`),
        Buffer.from(`\ufeff${source}`, 'utf16le'),
        bigEndian,
      ]) {
        const seen = await read(name, bytes, format);
        expect([texts(seen), seen.failures]).toEqual([[text], []]);
      }
    },
  );

  it.each(formats)('%s: D-01 bytes that are no text are reported', async (name, format) => {
    const bytes = Buffer.concat([Buffer.from('{"t'), Buffer.of(0xff, 0x80), Buffer.from('":1}')]);
    const seen = await read(name, bytes, format);
    expect(seen.documents).toEqual([]);
    expect(seen.failures).toMatchObject([{ item: name, error: { code: 'parse' } }]);
    expect(seen.failures[0]?.error.message).toBe(
      `${name} cannot be read: it is not text in utf-8. Save it as UTF-8, or leave it out.`,
    );
  });
});

describe('a folder of several kinds', () => {
  const files = {
    'a.csv': 't\none\ntwo\n',
    'b.JSONL': '{"t":"three"}\nbroken\n{"t":"four"}\n',
    'c.md': '# Five',
    'd.bin': 'no',
    'e.tar.csv': 'whole',
  };
  const formats = {
    '.csv': csvFormat({ text: 't' }),
    '.jsonl': jsonLinesFormat({ text: 't' }),
    '.tar.csv': textFormat(),
  };

  it('is read by what each file is, the longest end of a name first', async () => {
    const directory = await temporaryFolder(files);
    const reader = new DirectoryReader({ directory, formats, include: ['**/*'], exclude: ['**/*.bin'] });
    const documents = await collect(reader.read());
    expect(documents.map(({ id, text }) => [id, text])).toEqual([
      ['a.csv#1', 'one'],
      ['a.csv#2', 'two'],
      ['b.JSONL#1', 'three'],
      ['b.JSONL#3', 'four'],
      ['c.md', '# Five'],
      ['e.tar.csv', 'whole'],
    ]);
  });

  it('takes the kinds that there are formats for, unless it is told', async () => {
    const directory = await temporaryFolder({ ...files, 'p.pdf': '%PDF' });
    const documents = await collect(
      new DirectoryReader({ directory, formats: { '.csv': textFormat() } }).read(),
    );
    expect(documents.map(({ id }) => id)).toEqual(['a.csv', 'c.md', 'e.tar.csv']);
  });

  it('D-01: what needs a package says which', async () => {
    const directory = await temporaryFolder({ 'a.pdf': '%PDF', 'b.html': '<p>', 'c.txt': 'C' });
    const failures: ReadFailure[] = [];
    const reader = new DirectoryReader({ directory, include: ['*'] });
    const documents = await collect(reader.read({ onError: (failure) => failures.push(failure) }));
    expect(documents.map(({ text }) => text)).toEqual(['C']);
    expect(failures).toMatchObject([
      {
        item: 'a.pdf',
        error: { code: 'missing-dependency', message: expect.stringContaining('@mortise/pdf') },
      },
      {
        item: 'b.html',
        error: { code: 'missing-dependency', message: expect.stringContaining('htmlFormat()') },
      },
    ]);
  });

  it('D-01: is resumed by what was done, and repeated by what has changed', async () => {
    const directory = await temporaryFolder(files);
    const reader = new DirectoryReader({ directory, formats });
    const versions = new Map<string, string | undefined>();
    const onProgress = ({ item, version, outcome }: ReadProgress) => {
      if (outcome === 'read') versions.set(item, version);
    };
    for await (const { id } of reader.read({ onProgress })) if (id === 'b.JSONL#1') break;
    const skip = ({ id, version }: { id: string; version?: string }) =>
      version !== undefined && versions.get(id) === version;
    const next = await collect(reader.read({ skip, onProgress }));
    // A file that was partly read is read again: it may be mended.
    expect(next.map(({ id }) => id)).toEqual(['b.JSONL#1', 'b.JSONL#3', 'c.md', 'e.tar.csv']);
    expect(await collect(reader.read({ skip }))).toMatchObject([{ id: 'b.JSONL#1' }, { id: 'b.JSONL#3' }]);
  });

  it('D-02: a chunk has its document, its place there, and what the document had', async () => {
    const directory = await temporaryFolder({ 'a.csv': `t\n${'Words and words. '.repeat(9).trim()}\n` });
    const [document] = await collect(new DirectoryReader({ directory, formats }).read());
    const chunks = new SentenceSplitter({ maxTokens: 24, overlap: 0 }).split(document as Document);
    expect(chunks.length).toBeGreaterThan(1);
    for (const { start, end, text, metadata, relationships } of chunks) {
      expect(text).toBe(document?.text.slice(start, end));
      expect(metadata).toMatchObject({ path: 'a.csv', line: 2 });
      expect(relationships?.source?.id).toBe('a.csv#1');
    }
  });
});
