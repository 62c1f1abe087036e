import { expect, it } from 'vitest';
import { makePdf, pdfOf, streamOf, textAt, type PageSource } from './make-pdf.ts';
import { read } from './reading.ts';

/** One black dot, drawn over the whole page. */
const IMAGE = streamOf(
  '/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8',
  '\0',
);
const scan: PageSource = { content: 'q 612 0 0 792 0 0 cm /A Do Q', resources: '/XObject << /A 4 0 R >>' };
const cover: PageSource = { content: textAt(72, 720, 'The cover') };

it('D-01: a scan with a typed cover gives one document, and a report for each of its other pages', async () => {
  const file = pdfOf([cover, ...Array.from({ length: 99 }, () => scan)], { objects: [IMAGE] });
  const { documents, failures } = await read(file);
  expect(documents.map(({ text, metadata }) => [text, metadata['page']])).toEqual([['The cover', 1]]);
  expect(failures.map(({ item }) => item)).toEqual(
    Array.from({ length: 99 }, (_, at) => `a/paper.pdf#${at + 2}`),
  );
  for (const { error } of failures)
    expect(error).toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/has no text at page \d+: it holds only pictures.*OCR/),
    });
});

it('D-01: pages without text that come before the first one with text are told as well, in order', async () => {
  const { documents, failures } = await read(pdfOf([scan, scan, cover, scan], { objects: [IMAGE] }));
  expect(documents).toHaveLength(1);
  expect(failures.map(({ item }) => item)).toEqual(['a/paper.pdf#1', 'a/paper.pdf#2', 'a/paper.pdf#4']);
});

it.each<[what: string, page: PageSource, lack: RegExp]>([
  ['a blank page', {}, /it is blank/],
  ['a page of lines', { content: '72 72 m 300 300 l S' }, /only lines and shapes.*OCR/],
  ['a scanned page', scan, /only pictures.*OCR/],
  [
    'an empty form',
    { annotations: ['/Subtype /Widget /FT /Tx /T (name) /Rect [0 0 9 9]'] },
    /only fields of a form, and none has a value/,
  ],
  [
    'a font without a map',
    { content: 'BT /F1 12 Tf 72 72 Td (\\001\\002\\003) Tj ET' },
    /fonts do not say.*OCR/,
  ],
])('D-01: of a page without text it says what it is: %s', async (_what, page, lack) => {
  const { failures } = await read(pdfOf([cover, page], { objects: [IMAGE] }));
  expect(failures).toMatchObject([
    { item: 'a/paper.pdf#2', error: { code: 'unsupported', message: expect.stringMatching(lack) } },
  ]);
  await expect(read(pdfOf([page], { objects: [IMAGE] }))).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringMatching(lack),
  });
});

it('D-01: a file of which no page can be read is an error, with the reason of the first', async () => {
  await expect(read(makePdf([['one']], { damagedPage: 1 }))).rejects.toMatchObject({
    code: 'parse',
    message: expect.stringContaining('its page cannot be'),
  });
});

it('D-01: a file whose end is missing gives what is left of it, and is reported', async () => {
  const whole = makePdf([['The first page'], ['The second page']]);
  const { documents, failures } = await read(whole.subarray(0, -300));
  expect(documents.map(({ text }) => text)).toContain('The first page');
  expect(failures[0]).toMatchObject({
    item: 'a/paper.pdf',
    error: { code: 'parse', message: expect.stringContaining('is cut off') },
  });
});

it('D-01: a file that has lost its root gives the pages that are found in it, and is reported', async () => {
  const whole = Buffer.from(makePdf([['The first page'], ['The second page']])).toString('latin1');
  const rootless = whole.replace('/Type /Catalog', '/Type /Nothing').replace('/Root 1 0 R', '');
  const { documents, failures } = await read(Buffer.from(rootless, 'latin1'));
  expect(documents.map(({ text }) => text)).toEqual(['The first page', 'The second page']);
  expect(failures).toMatchObject([
    {
      item: 'a/paper.pdf',
      error: { code: 'parse', message: expect.stringContaining('lost the list of its pages') },
    },
  ]);
});

it('D-01: a page of which a part is damaged gives the rest, and is reported', async () => {
  // The form that it calls calls itself.
  const form = streamOf(
    '/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /A 4 0 R >> >>',
    '/A Do',
  );
  const page = {
    content: `${textAt(72, 720, 'before')} /A Do ${textAt(72, 700, 'after')}`,
    resources: '/XObject << /A 4 0 R >>',
  };
  const { documents, failures } = await read(pdfOf([page], { objects: [form] }));
  expect(documents.map(({ text }) => text)).toEqual(['before\nafter']);
  expect(failures).toMatchObject([
    { item: 'a/paper.pdf#1', error: { code: 'parse', message: expect.stringContaining('in part') } },
  ]);
});

it('gives all text of a page, or by `box` what lies within its crop box', async () => {
  const content = `${textAt(72, 72, 'seen')} ${textAt(72, 720, 'beyond')} ${textAt(72, 900, 'outside')}`;
  const file = pdfOf([{ content, more: '/CropBox [0 0 612 400]' }]);
  expect((await read(file)).documents.map(({ text }) => text)).toEqual(['seen\nbeyond']);
  expect((await read(file, { box: 'crop' })).documents.map(({ text }) => text)).toEqual(['seen']);
});
