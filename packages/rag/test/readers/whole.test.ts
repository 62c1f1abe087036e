import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FileFormat, ReadFailure } from '@mortise/core/reader';
import type { Document } from '@mortise/core/retriever';
import {
  csvFormat,
  DirectoryReader,
  FilesReader,
  jsonFormat,
  jsonLinesFormat,
  textFormat,
  type CsvOptions,
  type DirectoryReaderOptions,
} from '@mortise/rag';
import { collect, temporaryFolder } from '../temporary.ts';

interface Seen {
  readonly documents: Document[];
  readonly failures: ReadFailure[];
}

async function read(name: string, content: string | Uint8Array, format: FileFormat): Promise<Seen> {
  const root = await temporaryFolder({ [name]: content });
  const failures: ReadFailure[] = [];
  const formats = { [/\.\w+$/.exec(name)?.[0] ?? '']: format };
  const reader = new FilesReader({ root, files: [name], formats });
  return {
    documents: await collect(reader.read({ onError: (failure) => failures.push(failure) })),
    failures,
  };
}

const texts = ({ documents }: Seen) => documents.map(({ text }) => text);
const ids = ({ documents }: Seen) => documents.map(({ id }) => id);
const parts = ({ failures }: Seen) => failures.map(({ item, part, error }) => [part ?? item, error.message]);

describe('CSV', () => {
  const csv = (content: string | Uint8Array, options?: CsvOptions, name = 'a.csv') =>
    read(name, content, csvFormat(options));

  it.each<[string, string, string, CsvOptions, string[]]>([
    ['semicolons', 'id;name\n1;Ada\n2;Grace\n', 'a.csv', {}, ['id: 1\nname: Ada', 'id: 2\nname: Grace']],
    [
      'semicolons and decimal commas',
      'id;price\n1;2,5\n2;3,5\n',
      'a.csv',
      {},
      ['id: 1\nprice: 2,5', 'id: 2\nprice: 3,5'],
    ],
    ['bars', 'id|name\n1|a,b\n2|c', 'a.csv', {}, ['id: 1\nname: a,b', 'id: 2\nname: c']],
    ['tabs', 'id\tname\n1\ta,b\n', 'a.csv', {}, ['id: 1\nname: a,b']],
    ['commas in a .tsv', 'id,name\n1,a\n', 'a.tsv', {}, ['id: 1\nname: a']],
    [
      'delimiters in quotes',
      'id,name\n1,"a;b;c"\n2,"d;e;f"\n',
      'a.csv',
      {},
      ['id: 1\nname: a;b;c', 'id: 2\nname: d;e;f'],
    ],
    ['quoted semicolons', '"id";"name"\r\n"1";"a, b\r\nc"\r\n', 'a.csv', {}, ['id: 1\nname: a, b\r\nc']],
    [
      'names in place of a header',
      '1;a\n2;b',
      'a.csv',
      { header: ['id', 'name'] },
      ['id: 1\nname: a', 'id: 2\nname: b'],
    ],
    ['no header', '1;a\n2;b', 'a.csv', { header: false }, ['1: 1\n2: a', '1: 2\n2: b']],
    ['one column', 'quote\nOne, two\n', 'a.csv', {}, []],
    ['one column of prose', 'quote\nOne; two\nThree\n', 'a.csv', {}, ['quote: One; two', 'quote: Three']],
    ['a declaration', 'sep=|\nid|name\n1|a;b\n', 'a.csv', {}, ['id: 1\nname: a;b']],
    [
      'a declaration beside a delimiter',
      'sep=;\nid;name\n1;a\n',
      'a.csv',
      { delimiter: ';' },
      ['id: 1\nname: a'],
    ],
    ['a byte order mark', '\ufeffid;name\n1;a', 'a.csv', {}, ['id: 1\nname: a']],
    ['names that come again', 'a 3,a,a\n1,2,3\n', 'a.csv', {}, ['a 3: 1\na: 2\na 3 3: 3']],
    ['a header without names', ',,\n1,2,3\n', 'a.csv', {}, ['1: 1\n2: 2\n3: 3']],
  ])('D-02: is read with %s', async (_what, content, name, options, wanted) => {
    expect(texts(await csv(content, options, name))).toEqual(wanted);
  });

  it('D-02: places are those of the text, behind a declaration too', async () => {
    const content = 'sep=;\r\nid;name\r\n1;a\r\n2;b';
    for (const { metadata } of (await csv(content)).documents)
      expect(content.slice(metadata['recordStart'] as number, metadata['recordEnd'] as number)).toMatch(
        /^\d;[ab]$/,
      );
  });

  it('D-01: a delimiter that leaves one column, where another splits all rows, is reported', async () => {
    const seen = await csv('id;name\n1;Ada\n2;Grace\n', { delimiter: ',' });
    expect(parts(seen)).toEqual([['a.csv', expect.stringContaining('Give delimiter: ";"')]]);
    expect((await csv('quote\na;b\nc\n', { delimiter: ',' })).failures).toEqual([]);
  });

  it('D-01: a quote that never closes says which lines it takes with it', async () => {
    const rows = Array.from({ length: 100 }, (_, at) =>
      at === 4 ? '5,"question 5,answer 5' : `${at + 1},question ${at + 1},answer ${at + 1}`,
    );
    const seen = await csv(['id,question,answer', ...rows, ''].join('\n'));
    expect(seen.documents).toHaveLength(4);
    expect(parts(seen)).toEqual([
      ['a.csv#5', expect.stringContaining('Lines 6 to 101 cannot be told apart, and none of them was read')],
    ]);
    const closed = await csv('a,b\n1,"x\n2,y\n3,"z",w\n4,v\n');
    expect(texts(closed)).toEqual(['a: 4\nb: v']);
    expect(parts(closed)).toEqual([['a.csv#1', expect.stringContaining('Lines 2 to 4 cannot')]]);
  });

  it('D-01: one byte that is not text spoils its own row only', async () => {
    const lines = ['a,b', '1,one', '2,two', '3,three', ''].join('\r\n');
    const bytes = Buffer.from(lines.replace('two', 't\0o').replace('\0', '\xff'), 'latin1');
    const seen = await csv(bytes);
    expect(texts(seen)).toEqual(['a: 1\nb: one', 'a: 3\nb: three']);
    expect(parts(seen)).toEqual([['a.csv#2', expect.stringContaining('line 3: it is not text')]]);
    expect(seen.documents[1]?.metadata).toMatchObject({ recordStart: lines.indexOf('3,three') });
  });

  it('D-02: a second row of one name is a conflict', async () => {
    const seen = await csv('key,b\nx,one\nx,two\n', { id: 'key' });
    expect(texts(seen)).toEqual(['key: x\nb: one']);
    expect(seen.failures).toMatchObject([{ part: 'a.csv#2', error: { code: 'conflict' } }]);
  });
});

describe('JSON', () => {
  it.each([
    ['12345678901234567890', '12345678901234567890'],
    ['9007199254740993', '9007199254740993'],
    ['-9007199254740993', '-9007199254740993'],
    ['0.12345678901234567890', '0.12345678901234567890'],
    ['1e999', '1e999'],
    ['9007199254740992', 9007199254740992],
    ['1.50', 1.5],
    ['15E-1', 1.5],
    ['0.1', 0.1],
    ['1e21', 1e21],
    ['-0.0', -0],
    ['0.00000000000000000001', 1e-20],
  ])('D-02: the number %s is kept as %j', async (source, wanted) => {
    const record = `{"id": ${source}, "deep": {"list": [${source}]}}`;
    const options = { id: 'id', metadata: ['id', 'deep'] };
    for (const { documents } of [
      await read('a.json', `[${record}]`, jsonFormat(options)),
      await read('a.jsonl', `${record}\n`, jsonLinesFormat(options)),
    ])
      expect(documents[0]?.metadata).toMatchObject({ id: wanted, deep: { list: [wanted] } });
  });

  it('D-02: two numbers that a double takes for one stay two', async () => {
    const records = '[{"id": 12345678901234567890}, {"id": 12345678901234567891}]';
    expect(ids(await read('a.json', records, jsonFormat({ id: 'id' })))).toEqual([
      'a.json#12345678901234567890',
      'a.json#12345678901234567891',
    ]);
  });

  it('D-02: two records never have one id: the second is a conflict', async () => {
    const json = await read('a.json', '[{"id": 5}, {"id": "5"}, {"id": "6#7"}]', jsonFormat({ id: 'id' }));
    expect(ids(json)).toEqual(['a.json#5', 'a.json#6%237']);
    expect(json.failures).toMatchObject([{ part: 'a.json#1', error: { code: 'conflict' } }]);
    const lines = await read(
      'a.jsonl',
      '{"id": "%23"}\n{"id": "#"}\n{"id": "#"}',
      jsonLinesFormat({ id: 'id' }),
    );
    expect(ids(lines)).toEqual(['a.jsonl#%2523', 'a.jsonl#%23']);
    expect(lines.failures).toMatchObject([{ part: 'a.jsonl#3', error: { code: 'conflict' } }]);
  });

  it('D-01: half a file is a failure of the whole', async () => {
    const seen = await read('a.json', '[{"t": "one"}, {"t": "tw', jsonFormat({ text: 't' }));
    expect(seen.documents).toEqual([]);
    expect(seen.failures).toMatchObject([{ item: 'a.json', error: { code: 'parse' } }]);
    expect(seen.failures[0]).not.toHaveProperty('part');
  });
});

describe('JSON Lines', () => {
  const lines = Array.from({ length: 100 }, (_, at) => `{"n":${at + 1}}`);

  it('D-01: one byte 0xff in line 7 fails that line alone', async () => {
    for (const end of ['\n', '\r\n']) {
      const source = lines.map((line, at) => (at === 6 ? line.replace('7', '\xff') : line)).join(end);
      const seen = await read('a.jsonl', Buffer.from(source, 'latin1'), jsonLinesFormat());
      expect(texts(seen)).toEqual(lines.filter((_, at) => at !== 6));
      expect(parts(seen)).toEqual([['a.jsonl#7', expect.stringContaining('line 7: it is not text')]]);
      for (const { text, metadata } of seen.documents)
        expect(source.startsWith(text, metadata['bodyStart'] as number)).toBe(true);
    }
  });

  it('D-01: bytes that are not text fail the lines that they stand in, wherever they come', async () => {
    const source = ['{"n":"\0"}', '', '{"n":2}', '{"n":"é', '{"n":4}', '{"n":"\xc3"}', '{"n":6', ''].join(
      '\n',
    );
    const seen = await read('a.jsonl', Buffer.from(source, 'latin1'), jsonLinesFormat());
    expect(texts(seen)).toEqual(['{"n":2}', '{"n":4}']);
    expect(seen.failures.map(({ part }) => part)).toEqual([
      'a.jsonl#1',
      'a.jsonl#4',
      'a.jsonl#6',
      'a.jsonl#7',
    ]);
  });

  it('D-01: a file that begins with a hundred lines that are not text is refused as a whole', async () => {
    const seen = await read('a.jsonl', Buffer.from('\xff\n'.repeat(5_000), 'latin1'), jsonLinesFormat());
    expect(parts(seen)).toEqual([['a.jsonl', expect.stringContaining('it is not text in utf-8')]]);
  });
});

describe('a file without anything to read', () => {
  it.each<[string, string, FileFormat]>([
    ['a.txt', ' \n\t\n', textFormat()],
    ['a.csv', 'a,b\n', csvFormat()],
    ['a.csv', '\n\n', csvFormat({ documents: 'file' })],
    ['a.json', '[]', jsonFormat()],
    ['a.jsonl', '\n\n', jsonLinesFormat()],
    ['a.txt', '\ufeff', textFormat()],
  ])('D-01: %s of %j is a failure, and no document', async (name, content, format) => {
    const seen = await read(name, content, format);
    expect(seen.documents).toEqual([]);
    expect(seen.failures).toMatchObject([{ item: name, error: { code: 'parse' } }]);
  });

  it('D-01: front matter alone is a failure, and a file of no bytes is none', async () => {
    const root = await temporaryFolder({ 'a.md': '---\ntitle: A\n---\n', 'b.md': '', 'c.csv': '' });
    const failures: ReadFailure[] = [];
    const reader = new FilesReader({
      root,
      files: ['a.md', 'b.md', 'c.csv'],
      formats: { '.csv': csvFormat() },
    });
    const documents = await collect(reader.read({ onError: (failure) => failures.push(failure) }));
    expect(documents.map(({ id, text }) => [id, text])).toEqual([['b.md', '']]);
    expect(failures.map(({ item }) => item)).toEqual(['a.md']);
  });
});

describe('DirectoryReader', () => {
  async function folder(
    files: Readonly<Record<string, string>>,
    options?: Partial<DirectoryReaderOptions>,
  ): Promise<Seen> {
    const failures: ReadFailure[] = [];
    const reader = new DirectoryReader({ directory: await temporaryFolder(files), ...options });
    return {
      documents: await collect(reader.read({ onError: (failure) => failures.push(failure) })),
      failures,
    };
  }

  it('D-01: ends of names count in capitals too', async () => {
    const files = {
      'README.MD': '# R',
      'NOTES.TXT': 'N',
      'DATA.CSV': 'a\n1',
      'x.Md': '# X',
      'y.MarkDown': '# Y',
    };
    const seen = await folder(files, { formats: { '.csv': csvFormat() } });
    expect(ids(seen)).toEqual(['DATA.CSV#1', 'NOTES.TXT', 'README.MD', 'x.Md', 'y.MarkDown']);
    expect(seen.documents.at(-1)?.metadata).toMatchObject({ title: 'Y', mediaType: 'text/markdown' });
  });

  it('D-01: what another package reads is not passed over in silence, unless it is left out', async () => {
    const files = {
      'a.txt': 'A',
      'b.PDF': '%PDF',
      'c.html': '<p>',
      'd.xhtml': '<p>',
      'e.htm': '<p>',
      'f.png': '',
      'g.xht': '<p>',
    };
    const seen = await folder(files);
    expect(ids(seen)).toEqual(['a.txt']);
    expect(seen.failures.map(({ item, error }) => [item, (error as { code?: string }).code])).toEqual([
      ['b.PDF', 'missing-dependency'],
      ['c.html', 'missing-dependency'],
      ['d.xhtml', 'missing-dependency'],
      ['e.htm', 'missing-dependency'],
      ['g.xht', 'missing-dependency'],
    ]);
    expect((await folder(files, { exclude: ['**/*.{PDF,html,htm,xhtml,xht}'] })).failures).toEqual([]);
    expect((await folder(files, { include: ['**/*.txt'] })).failures).toEqual([]);
    expect(
      ids(await folder(files, { formats: { '.pdf': textFormat() }, exclude: ['**/*{htm,xht}*'] })),
    ).toEqual(['a.txt', 'b.PDF']);
  });

  it.skipIf(process.platform === 'win32')('D-02: files with other names have other ids', async () => {
    const files = {
      'b\\c.txt': 'one',
      'b/c.txt': 'two',
      'e\u0301.txt': 'three',
      '\u00e9.txt': 'four',
      'a#1.txt': 'five',
    };
    const seen = await folder(files);
    expect(Object.fromEntries(seen.documents.map(({ id, text }) => [id, text]))).toEqual(files);
    expect(seen.documents.map(({ metadata }) => metadata['path'])).toEqual(ids(seen));
  });

  it.skipIf(process.platform !== 'linux')('D-01: a name that is not UTF-8 is reported', async () => {
    const directory = await temporaryFolder({ 'a.txt': 'A' });
    const name = Buffer.concat([Buffer.from(join(directory, 'b')), Buffer.of(0xff), Buffer.from('.txt')]);
    await writeFile(name, 'B');
    const failures: ReadFailure[] = [];
    const documents = await collect(
      new DirectoryReader({ directory }).read({ onError: (failure) => failures.push(failure) }),
    );
    expect(documents.map(({ id }) => id)).toEqual(['a.txt']);
    expect(failures).toMatchObject([
      {
        item: 'b\ufffd.txt',
        error: { code: 'not-found', message: expect.stringContaining('not UTF-8. Rename it.') },
      },
    ]);
  });
});
