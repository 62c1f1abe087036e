import { describe, expect, it } from 'vitest';
import type { Document } from '@mortise/core/retriever';
import { pdfFormat } from '@mortise/pdf';
import { makePdf } from './make-pdf.ts';
import { memoryFile } from './memory.ts';
import { read } from './reading.ts';

const pages = [['Tides', 'turn (twice) a day.'], [], ['Boats float.']];

describe('pdfFormat', () => {
  it('D-02: gives a document for each page that has text, with its number and what the file says of itself', async () => {
    const { documents, failures } = await read(makePdf(pages, { title: 'On water' }));
    expect(failures.map(({ item }) => item)).toEqual(['a/paper.pdf#2']);
    expect(documents).toMatchObject([
      {
        id: 'a/paper.pdf#1',
        text: 'Tides\nturn (twice) a day.',
        metadata: { title: 'On water', path: 'a/paper.pdf', page: 1, pages: 3, mediaType: 'application/pdf' },
      },
      { id: 'a/paper.pdf#3', text: 'Boats float.', metadata: { page: 3 } },
    ]);
  });

  it('D-02: gives one document of the file, that says where each page begins', async () => {
    const { documents } = await read(makePdf(pages), { documents: 'file' });
    expect(documents).toHaveLength(1);
    const [{ id, text, metadata }] = documents as [Document];
    expect(id).toBe('a/paper.pdf');
    const starts = metadata['pageStarts'] as number[];
    expect(starts.map((start, at) => text.slice(start, starts[at + 1]).trim())).toEqual([
      'Tides\nturn (twice) a day.',
      '',
      'Boats float.',
    ]);
  });

  it('D-01: a page that cannot be read is reported, and the others come', async () => {
    const { documents, failures } = await read(makePdf([['one'], ['two'], ['three']], { damagedPage: 2 }));
    expect(documents.map(({ text }) => text)).toEqual(['one', 'three']);
    expect(failures).toMatchObject([{ item: 'a/paper.pdf#2', error: { code: 'parse' } }]);
    expect(failures[0]?.error.message).toContain('a/paper.pdf cannot be read at page 2');
  });

  it.each([
    ['nothing', new Uint8Array(), 'parse', 'it is empty'],
    ['no PDF', Buffer.from('<html>'), 'parse', 'it is no PDF, or a damaged one'],
    ['half of one', makePdf([['one']]).subarray(0, 120), 'parse', 'a damaged one.*print it'],
    ['blank pages', makePdf([[], []]), 'unsupported', 'it has no text, and it is blank.*text recognition'],
    ['an encrypted one', makePdf([['one']], { encrypted: true }), 'permission', 'Give its password'],
  ])('D-01: refuses %s, in words', async (_what, content, code, message) => {
    await expect(read(content)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(new RegExp(`^a/paper\\.pdf cannot be read: .*${message}`)),
    });
  });

  it('says when the password is another one', async () => {
    const encrypted = makePdf([['one']], { encrypted: true });
    await expect(read(encrypted, { password: 'guess' })).rejects.toMatchObject({
      code: 'permission',
      message: expect.stringContaining('not the one it wants'),
    });
  });

  it('C-05: leaves the bytes that it was given as they are', async () => {
    const bytes = makePdf([['one']]);
    const before = Buffer.from(bytes);
    await read(bytes);
    expect(Buffer.from(bytes).equals(before)).toBe(true);
  });

  it('C-02: opens nothing under a signal that is aborted already', async () => {
    const file = {
      ...memoryFile('a.pdf', makePdf([['one']])),
      bytes: () => Promise.reject(new Error('opened')),
    };
    const call = { signal: AbortSignal.abort('enough'), report: () => undefined };
    await expect(pdfFormat().read(file, call)[Symbol.asyncIterator]().next()).rejects.toBe('enough');
  });

  it('C-01: stops between pages', async () => {
    const controller = new AbortController();
    const call = { signal: controller.signal, report: () => undefined };
    const documents = pdfFormat().read(memoryFile('a.pdf', makePdf([['one'], ['two']])), call);
    const reading = (async () => {
      for await (const { text } of documents) {
        expect(text).toBe('one');
        controller.abort('enough');
      }
    })();
    await expect(reading).rejects.toBe('enough');
  });
});
