import { chmod, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MortiseError } from '@mortise/core';
import { BaseReader, type FileFormat, type Reader, type ReadItem } from '@mortise/core/reader';
import { createDocument, type Document } from '@mortise/core/retriever';
import { HashEmbedding } from '@mortise/core/testing';
import {
  csvFormat,
  DirectoryReader,
  FilesReader,
  IngestionPipeline,
  jsonFormat,
  jsonLinesFormat,
  MemoryDocumentStore,
  MemoryVectorStore,
  openIndex,
  type DirectoryReaderOptions,
} from '@mortise/rag';
import { temporaryFolder } from '../temporary.ts';

const lines = (count: number, line: (n: number) => string) =>
  Array.from({ length: count }, (_, at) => line(at + 1));
const formats = { '.json': jsonFormat(), '.jsonl': jsonLinesFormat(), '.csv': csvFormat() };

/** Both ways to bring an index up to date, over a folder. */
const ways = {
  index: async () => {
    const index = await openIndex({ embedding: new HashEmbedding() });
    return (reader: Reader) => index.update(reader);
  },
  pipeline: async () => {
    const stores = { documents: new MemoryDocumentStore(), vectors: new MemoryVectorStore() };
    const pipeline = new IngestionPipeline({ ...stores, embedding: new HashEmbedding() });
    return (reader: Reader) => pipeline.run(reader, { strategy: 'upserts-and-delete' });
  },
};

describe.each(Object.entries(ways))('I-04: what could not be read is not gone (%s)', (_name, open) => {
  const folder = async (files: Record<string, string>, options: Partial<DirectoryReaderOptions> = {}) => {
    const directory = await temporaryFolder(files);
    const run = await open();
    return { directory, run: () => run(new DirectoryReader({ directory, formats, ...options })) };
  };

  it('a JSON file that was saved half written', async () => {
    const records = JSON.stringify(lines(100, (n) => `record ${n}`));
    const { directory, run } = await folder({ 'rec.json': records });
    expect(await run()).toMatchObject({ added: 100 });
    await writeFile(join(directory, 'rec.json'), records.slice(0, 700));
    expect(await run()).toMatchObject({
      removed: 0,
      failed: [{ item: 'rec.json' }],
      ids: { failed: ['rec.json'] },
    });
    await writeFile(join(directory, 'rec.json'), JSON.stringify(lines(60, (n) => `record ${n}`)));
    expect(await run()).toMatchObject({ unchanged: 60, removed: 40, failed: [] });
  });

  it('a line of JSON Lines that is no text', async () => {
    const source = lines(100, (n) => JSON.stringify({ n }));
    const { directory, run } = await folder({ 'log.jsonl': source.join('\n') });
    expect(await run()).toMatchObject({ added: 100 });
    const bytes = Buffer.from(source.join('\n'));
    bytes[bytes.indexOf('{"n":7}') + 5] = 0xff;
    await writeFile(join(directory, 'log.jsonl'), bytes);
    const report = await run();
    expect(report).toMatchObject({ removed: 0 });
    expect(report.failed.map(({ item }) => item)).toEqual(['log.jsonl']);
  });

  it('rows behind a stray quote', async () => {
    const rows = lines(100, (n) => `${n},"question ${n}","answer ${n}"`);
    const { directory, run } = await folder({ 'faq.csv': ['id,q,a', ...rows].join('\n') });
    expect(await run()).toMatchObject({ added: 100 });
    rows[4] = '5,"question 5,answer 5';
    await writeFile(join(directory, 'faq.csv'), ['id,q,a', ...rows].join('\n'));
    const report = await run();
    expect(report).toMatchObject({ removed: 0 });
    expect(report.failed.length).toBeGreaterThan(0);
  });

  it('a row by a key of its own', async () => {
    const { directory, run } = await folder(
      { 'a.csv': 'key,a\nx,one\ny,two\nz,three\n' },
      { formats: { '.csv': csvFormat({ id: 'key' }) } },
    );
    expect(await run()).toMatchObject({ added: 3 });
    await writeFile(join(directory, 'a.csv'), 'key,a\nx,one\ny,two,extra\nz,three');
    // Where a row stands is part of its metadata.
    expect(await run()).toMatchObject({ unchanged: 1, updated: 1, removed: 0, failed: [{ item: 'a.csv' }] });
    await writeFile(join(directory, 'a.csv'), 'key,a\nx,one\nz,three');
    expect(await run()).toMatchObject({ removed: 1, ids: { removed: ['a.csv#y'] } });
  });

  it('a file by an id of its own', async () => {
    const { directory, run } = await folder(
      { 'a.md': 'One.', 'b.md': 'Two.' },
      { id: (path) => `docs://${path}` },
    );
    expect(await run()).toMatchObject({ added: 2, ids: { added: ['docs://a.md', 'docs://b.md'] } });
    await writeFile(join(directory, 'a.md'), Uint8Array.of(0xff, 0xfe, 0xff));
    expect(await run()).toMatchObject({ removed: 0, failed: [{ item: 'a.md' }] });
    await rm(join(directory, 'a.md'));
    expect(await run()).toMatchObject({ removed: 1, ids: { removed: ['docs://a.md'] } });
  });

  it('a file whose format is missing in one run', async () => {
    const pages: FileFormat = {
      async *read({ id }) {
        for (const n of [1, 2, 3]) yield createDocument({ id: `${id}#${n}`, text: `Page ${n}.` });
      },
    };
    const root = await temporaryFolder({ 'a.pdf': '%PDF' });
    const run = await open();
    const files = ['a.pdf'];
    expect(await run(new FilesReader({ root, files, formats: { '.pdf': pages } }))).toMatchObject({
      added: 3,
    });
    expect(await run(new FilesReader({ root, files }))).toMatchObject({
      removed: 0,
      failed: [{ item: 'a.pdf', error: { code: 'missing-dependency' } }],
    });
  });

  it('a file that is held by another program for a moment', async () => {
    let busy = false;
    const format: FileFormat = {
      async *read(file, call) {
        if (busy) throw Object.assign(new Error('EBUSY: resource busy or locked'), { code: 'EBUSY' });
        yield* jsonFormat().read(file, call);
      },
    };
    const { run } = await folder({ 'a.json': '[1,2,3]', 'b.md': 'B' }, { formats: { '.json': format } });
    expect(await run()).toMatchObject({ added: 4 });
    busy = true;
    expect(await run()).toMatchObject({ unchanged: 1, removed: 0, failed: [{ item: 'a.json' }] });
    busy = false;
    expect(await run()).toMatchObject({ unchanged: 4, failed: [] });
  });

  it('a reader of one’s own, of items with several documents', async () => {
    class Feed extends BaseReader {
      lost = new Set<string>();
      doList(): ReadItem[] {
        return ['https://a', 'https://b'].map((id) => ({ id }));
      }
      async *doRead({ id }: ReadItem): AsyncGenerator<Document> {
        yield createDocument({ id: `${id}/entries/1`, text: 'One.' });
        if (this.lost.has(id)) throw new Error('connection reset');
        yield createDocument({ id: `urn:${id}:2`, text: 'Two.' });
      }
    }
    const [run, feed] = [await open(), new Feed()];
    expect(await run(feed)).toMatchObject({ added: 4 });
    feed.lost.add('https://a');
    expect(await run(feed)).toMatchObject({ unchanged: 3, removed: 0, failed: [{ item: 'https://a' }] });
  });

  it('a reader that does not say of which item its documents are: nothing goes in a run with a failure', async () => {
    const of = (failed: boolean, ...ids: string[]): Reader => ({
      async *read(options) {
        if (failed) options?.onError?.({ item: 'somewhere', error: new Error('gone') });
        for (const id of ids) yield createDocument({ id, text: id });
      },
    });
    const run = await open();
    await run(of(false, 'a', 'b'));
    expect(await run(of(true, 'a'))).toMatchObject({ removed: 0, unchanged: 1 });
    expect(await run(of(false, 'a'))).toMatchObject({ removed: 1 });
  });

  it('a folder that cannot be listed', async () => {
    const { directory, run } = await folder({ 'x/a.md': 'One.', 'x/y/b.md': 'Two.', 'xx/c.md': 'Three.' });
    expect(await run()).toMatchObject({ added: 3 });
    await rename(join(directory, 'xx'), join(directory, 'yy'));
    await chmod(join(directory, 'x'), 0o000);
    // The superuser reads it all the same.
    const { failed, removed } = await run();
    await chmod(join(directory, 'x'), 0o700);
    expect(removed).toBe(1);
    expect(failed.length).toBeLessThanOrEqual(1);
  });
});

describe('I-04: documents of a reader without their reader', () => {
  it.each([
    ['a generator', (reader: Reader) => reader.read({ onError: () => undefined })],
    [
      'a generator of one’s own',
      async function* (reader: Reader) {
        for await (const document of reader.read()) if (document.id !== 'b.md') yield document;
      },
    ],
  ])('are refused where what is missing goes: %s', async (_what, hand) => {
    const directory = await temporaryFolder({ 'a.md': 'One.', 'b.md': 'Two.' });
    const reader = new DirectoryReader({ directory });
    const index = await openIndex({ embedding: new HashEmbedding() });
    const refused = { code: 'configuration', message: expect.stringContaining('index.update(reader)') };
    // There is nothing to lose in an empty index.
    await index.update(hand(reader));
    await index.update(reader);
    expect(index.size).toBe(2);
    await writeFile(join(directory, 'a.md'), Uint8Array.of(0xff));
    await writeFile(join(directory, 'b.md'), Uint8Array.of(0xff));
    await expect(index.update(hand(reader))).rejects.toMatchObject(refused);
    expect(await index.update(hand(reader), { removeMissing: false })).toMatchObject({ removed: 0 });
    expect(index.size).toBe(2);
  });

  it('are taken as a list as long as none is missing', async () => {
    const directory = await temporaryFolder({ 'a.md': 'One.', 'b.md': 'Two.' });
    const index = await openIndex({ embedding: new HashEmbedding() });
    const list = async () => {
      const documents: Document[] = [];
      for await (const document of new DirectoryReader({ directory }).read()) documents.push(document);
      return documents;
    };
    expect(await index.update(await list())).toMatchObject({ added: 2 });
    expect(await index.update(await list())).toMatchObject({ unchanged: 2 });
    await writeFile(join(directory, 'a.md'), Uint8Array.of(0xff));
    await expect(index.update(await list())).rejects.toMatchObject({ code: 'configuration' });
    expect(index.size).toBe(2);
  });

  it('are taken through an object that hands the options on', async () => {
    const directory = await temporaryFolder({ 'a.md': 'One.', 'b.md': 'Two.' });
    const reader = new DirectoryReader({ directory });
    const index = await openIndex({ embedding: new HashEmbedding() });
    const filtered: Reader = {
      async *read(options) {
        for await (const document of reader.read(options)) if (document.id !== 'b.md') yield document;
      },
    };
    expect(await index.update(filtered)).toMatchObject({ added: 1 });
    await writeFile(join(directory, 'a.md'), Uint8Array.of(0xff));
    expect(await index.update(filtered)).toMatchObject({ removed: 0, failed: [{ item: 'a.md' }] });
  });

  it('and a list of other documents replaces what a reader had read', async () => {
    const directory = await temporaryFolder({ 'a.md': 'One.' });
    const index = await openIndex({ embedding: new HashEmbedding() });
    await index.update(new DirectoryReader({ directory }));
    expect(await index.update([createDocument({ id: 'x', text: 'X' })])).toMatchObject({
      added: 1,
      removed: 1,
    });
  });
});

it('a document that was set aside names its item and itself', async () => {
  class Picky extends HashEmbedding {
    override doEmbed(...args: Parameters<HashEmbedding['doEmbed']>) {
      if (args[0].some((text) => text.includes('poison'))) throw new MortiseError('invalid-request', 'No.');
      return super.doEmbed(...args);
    }
  }
  const directory = await temporaryFolder({ 'a.json': '["fine","poison","fine too"]' });
  const index = await openIndex({ embedding: new Picky() });
  const reader = new DirectoryReader({ directory, formats });
  const failed = [{ item: 'a.json', part: 'a.json#1', documentId: 'a.json#1' }];
  for (const added of [2, 0])
    expect(await index.update(reader)).toMatchObject({ added, failed, ids: { failed: ['a.json#1'] } });
});
