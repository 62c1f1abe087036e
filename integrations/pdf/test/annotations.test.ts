import { expect, it } from 'vitest';
import { pdfOf, streamOf, textAt } from './make-pdf.ts';
import { read, textsOf } from './reading.ts';

const at = '/Rect [72 600 200 620]';

it.each([
  ['text', `/Subtype /Widget /FT /Tx /T (surname) /V (Gauss) ${at}`, 'surname: Gauss'],
  ['text with a label', `/Subtype /Widget /FT /Tx /T (f1) /TU (Surname) /V (Gauss) ${at}`, 'Surname: Gauss'],
  ['lines of text', `/Subtype /Widget /FT /Tx /Ff 4096 /T (to) /V (one\\rtwo) ${at}`, 'to: one\ntwo'],
  [
    'a choice',
    `/Subtype /Widget /FT /Ch /T (land) /Opt [[(de) (Germany)] [(fr) (France)]] /V (fr) ${at}`,
    'land: France',
  ],
  [
    'two choices',
    `/Subtype /Widget /FT /Ch /Ff 2097152 /T (do) /Opt [(a) (b) (c)] /V [(a) (c)] ${at}`,
    'do: a, c',
  ],
  [
    'a box that is set',
    `/Subtype /Widget /FT /Btn /T (agree) /V /Yes /AS /Yes /AP << /N << /Yes 4 0 R /Off 4 0 R >> >> ${at}`,
    'agree: Yes',
  ],
  [
    'a radio button',
    `/Subtype /Widget /FT /Btn /Ff 32768 /T (size) /V /Large /AS /Large /AP << /N << /Large 4 0 R /Off 4 0 R >> >> ${at}`,
    'size: Large',
  ],
])('D-02: the value of a field is part of its page, below what is drawn: %s', async (_what, field, line) => {
  const objects = ['<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 0 >>\nstream\n\nendstream'];
  const page = { content: textAt(72, 720, 'Please fill in'), annotations: [field] };
  expect(await textsOf(pdfOf([page], { objects }))).toEqual([`Please fill in\n\n${line}`]);
  // It is not told to be read by OCR.
  expect(await textsOf(pdfOf([{ annotations: [field] }], { objects }))).toEqual([line]);
});

it.each([
  ['an empty field', `/Subtype /Widget /FT /Tx /T (a) ${at}`],
  [
    'a box that is not set',
    `/Subtype /Widget /FT /Btn /T (a) /V /Off /AS /Off /AP << /N << /Yes 4 0 R >> >> ${at}`,
  ],
  ['a button', `/Subtype /Widget /FT /Btn /Ff 65536 /T (a) /MK << /CA (Send) >> ${at}`],
  ['a password', `/Subtype /Widget /FT /Tx /Ff 8192 /T (a) /V (secret) ${at}`],
  ['a hidden field', `/Subtype /Widget /F 2 /FT /Tx /T (a) /V (hidden) ${at}`],
  ['a hidden note', `/Subtype /Text /F 2 /Contents (hidden) ${at}`],
  ['a link', `/Subtype /Link /Contents (https://example.com) ${at}`],
])('leaves out what has no value, and what no reader sees: %s', async (_what, annotation) => {
  const objects = ['<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 0 >>\nstream\n\nendstream'];
  const page = { content: textAt(72, 720, 'text'), annotations: [annotation] };
  expect(await textsOf(pdfOf([page], { objects }))).toEqual(['text']);
});

it.each([
  ['free text', `/Subtype /FreeText /Contents (Looks good) /DA (/F1 12 Tf) ${at}`, 'Looks good'],
  ['a note', `/Subtype /Text /Contents (Check this) ${at}`, 'Note: Check this'],
  [
    'a note with an author',
    `/Subtype /Text /T (Emmy) /Contents (Check this) ${at}`,
    'Note (Emmy): Check this',
  ],
  [
    'a remark on what is marked',
    '/Subtype /Highlight /T (Emmy) /Contents (Why?) /Rect [70 715 200 735] /QuadPoints [70 735 200 735 70 715 200 715]',
    'Note (Emmy) on “Text”: Why?',
  ],
  ['the window of a note', `/Subtype /Popup /Contents (Alone) ${at}`, 'Note: Alone'],
])('D-02: what readers wrote onto a page is part of it: %s', async (_what, note, line) => {
  const page = { content: textAt(72, 720, 'Text'), annotations: [note] };
  expect(await textsOf(pdfOf([page]))).toEqual([`Text\n\n${line}`]);
});

it.each([
  ['a stamp', `/Subtype /Stamp /AP << /N 4 0 R >> ${at}`, 'APPROVED\nby Emmy'],
  [
    'a stamp with a note',
    `/Subtype /Stamp /Contents (At last) /AP << /N 4 0 R >> ${at}`,
    'Note: At last\n\nAPPROVED\nby Emmy',
  ],
  ['a signature', `/Subtype /Widget /FT /Sig /T (seal) /AP << /N 4 0 R >> ${at}`, 'seal: APPROVED\nby Emmy'],
])('D-02: what is drawn over a page is part of it: %s', async (_what, annotation, line) => {
  const drawn = 'BT /F1 12 Tf 2 12 Td (APPRO) Tj [(VE) 10 (D)] TJ 0 -10 Td (by) Tj 20 0 Td (Emmy) Tj ET';
  const form = '/Type /XObject /Subtype /Form /BBox [0 0 128 20] /Resources << /Font << /F1 3 0 R >> >>';
  const page = { content: textAt(72, 720, 'Text'), annotations: [annotation] };
  expect(await textsOf(pdfOf([page], { objects: [streamOf(form, drawn)] }))).toEqual([`Text\n\n${line}`]);
});

it('D-01: a file that is only notes is not told to run OCR', async () => {
  const note = `/Subtype /FreeText /Contents (Only a note) /DA (/F1 12 Tf) ${at}`;
  expect(await textsOf(pdfOf([{ annotations: [note] }]))).toEqual(['Only a note']);
});

it('gives a field that stands twice on its page once, and the window of a note not beside the note', async () => {
  const field = `/Subtype /Widget /FT /Tx /T (name) /V (Ada) ${at}`;
  const note = `/Subtype /Text /Contents (Once) ${at}`;
  const popup = `/Subtype /Popup /Contents (Once) ${at}`;
  const page = { annotations: [field, field, popup, note, popup] };
  const { documents } = await read(pdfOf([page]));
  expect(documents.map(({ text }) => text)).toEqual(['name: Ada\n\nNote: Once']);
});
