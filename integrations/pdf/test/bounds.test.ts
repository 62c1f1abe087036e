import { deflateSync } from 'node:zlib';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReadFailure } from '@mortise/core/reader';
import { pdfFormat } from '@mortise/pdf';
import { makePdf, pdfOf, streamOf, textAt, type PageSource } from './make-pdf.ts';
import { memoryFile } from './memory.ts';
import { read, readBy } from './reading.ts';

/** Twelve forms, each of which calls the next one ten times: 4 KB, and a thousand thousand million calls. */
const FORMS = Array.from({ length: 12 }, (_, level) => {
  const next = level === 11 ? '' : `/XObject << /A ${5 + level} 0 R >>`;
  const dictionary = `/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << ${next} >>`;
  return streamOf(dictionary, level === 11 ? '' : '/A Do '.repeat(10));
});
const CALLS: PageSource = { content: '/A Do', resources: '/XObject << /A 4 0 R >>' };
/** The last form draws, so that no level of them can be passed over. */
const SPINNING = [
  ...FORMS.slice(0, -1),
  streamOf(
    '/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >>',
    textAt(72, 700, 'x'),
  ),
];

const page = (text: string): PageSource => ({ content: textAt(72, 700, text) });
const hostile = pdfOf([page('first'), CALLS, page('last')], { objects: SPINNING });

describe('the bounds of a page', () => {
  let started = 0;
  const count = (_worker: Worker): void => void started++;
  beforeEach(() => {
    started = 0;
    process.on('worker', count);
  });
  afterEach(() => void process.off('worker', count));

  it('C-13: a page whose forms call forms is past its time, and the others are read, by one more thread', async () => {
    const before = process.memoryUsage.rss();
    const { documents, failures } = await read(hostile, { pageTimeoutMs: 1500 });
    expect(documents.map(({ text }) => text)).toEqual(['first', 'last']);
    expect(failures).toMatchObject([{ item: 'a/paper.pdf#2', error: { code: 'timeout', retryable: false } }]);
    expect(failures[0]?.error.message).toMatch(/pageTimeoutMs, 1500 ms.*pdfFormat\(\{ pageTimeoutMs \}\)/);
    expect(started).toBe(2);
    expect(process.memoryUsage.rss() - before).toBeLessThan(600 * 2 ** 20);
  });

  it('C-13: a file with only such a page ends in an error that says the same, and the next file is read', async () => {
    const format = pdfFormat({ pageTimeoutMs: 1500 });
    const failures: ReadFailure[] = [];
    await expect(readBy(format, pdfOf([CALLS], { objects: SPINNING }), failures)).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('pageTimeoutMs'),
    });
    expect(failures).toMatchObject([{ item: 'a/paper.pdf#1', error: { code: 'timeout' } }]);
    expect((await readBy(format, makePdf([['well']]))).documents).toMatchObject([{ text: 'well' }]);
  });

  it('C-01: a signal is seen while a page spins', async () => {
    const controller = new AbortController();
    const call = { signal: controller.signal, report: () => undefined };
    const documents = pdfFormat().read(memoryFile('a.pdf', hostile), call)[Symbol.asyncIterator]();
    expect((await documents.next()).value?.text).toBe('first');
    const next = documents.next();
    let abortedAt = 0;
    setTimeout(() => {
      abortedAt = performance.now();
      controller.abort('enough');
    }, 300);
    await expect(next).rejects.toBe('enough');
    // 3 ms on an idle machine; the bound of the page is 30,000.
    expect(performance.now() - abortedAt).toBeLessThan(1000);
  });

  it('C-13: a stream that decompresses to more than maxMemoryMb is past its memory', async () => {
    const packed = deflateSync(deflateSync(Buffer.alloc(2 ** 28, ' ')));
    const hex = `${packed.toString('hex')}>`;
    const form = streamOf(
      '/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Filter [/ASCIIHexDecode /FlateDecode /FlateDecode]',
      hex,
    );
    const file = pdfOf([page('first'), CALLS, page('last')], { objects: [form] });
    expect(file.length).toBeLessThan(10_000);
    const { documents, failures } = await read(file, { maxMemoryMb: 64 });
    expect(documents.map(({ text }) => text)).toEqual(['first', 'last']);
    expect(failures).toMatchObject([{ item: 'a/paper.pdf#2', error: { code: 'parse' } }]);
    expect(failures[0]?.error.message).toMatch(/maxMemoryMb, 64 MiB.*pdfFormat\(\{ maxMemoryMb \}\)/);
  });

  it('C-13: a page whose text takes more than maxMemoryMb of heap is past its memory', async () => {
    const words = Array.from({ length: 100 }, (_, at) => textAt(5 * at, 7 * at, `word ${at}`)).join(' ');
    const last = streamOf(
      '/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >>',
      words,
    );
    const file = pdfOf([CALLS, page('last')], { objects: [...FORMS.slice(0, -1), last] });
    const { documents, failures } = await read(file, { maxMemoryMb: 32, pageTimeoutMs: 100_000 });
    expect(documents.map(({ text }) => text)).toEqual(['last']);
    expect(failures).toMatchObject([
      { error: { code: 'parse', message: expect.stringContaining('maxMemoryMb') } },
    ]);
  });

  it('C-13: a file of more than maxBytes is refused', async () => {
    const file = makePdf([['one']]);
    await expect(read(file, { maxBytes: file.length - 1 })).rejects.toMatchObject({
      code: 'parse',
      message: expect.stringMatching(
        /^a\/paper\.pdf cannot be read: it has more than \d+ bytes, which is maxBytes\. Raise maxBytes/,
      ),
    });
    expect((await read(file, { maxBytes: file.length })).documents).toHaveLength(1);
  });

  it('reads file after file with one thread, a damaged one among them', async () => {
    const format = pdfFormat();
    await readBy(format, makePdf([['one']]));
    await expect(readBy(format, Buffer.from('%PDF-1.4\nno more'))).rejects.toMatchObject({ code: 'parse' });
    expect((await readBy(format, makePdf([['two']]))).documents).toMatchObject([{ text: 'two' }]);
    expect(started).toBe(1);
  });

  it('reads several files at a time', async () => {
    const format = pdfFormat();
    const reading = ['one', 'two', 'three'].map((word) => readBy(format, makePdf([[word]])));
    const texts = (await Promise.all(reading)).map(({ documents }) => documents.map(({ text }) => text));
    expect(texts).toEqual([['one'], ['two'], ['three']]);
    expect(started).toBe(3);
  });
});

it.each([
  ['documents', { documents: 'page' }],
  ['box', { box: 'bleed' }],
  ['maxBytes', { maxBytes: 0 }],
  ['pageTimeoutMs', { pageTimeoutMs: Infinity }],
  ['maxMemoryMb', { maxMemoryMb: 1 }],
])('refuses a value of %s that it cannot take', (name, options) => {
  expect(() => pdfFormat(options as object)).toThrow(
    expect.objectContaining({ code: 'configuration', message: expect.stringMatching(`^${name} is `) }),
  );
});
