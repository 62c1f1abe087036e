import { slowReadings } from '@mortise/conformance';
import * as pdf from '@mortise/pdf';
import { describe, expect, it } from 'vitest';
import { makePdf, pdfOf, textAt } from './make-pdf.ts';
import { read } from './reading.ts';

/** Below this pdf.js takes as long for what it always does. */
const LENGTH = 2_000;

/** In units of which a page has millions, as pdf.js leaves out what lies beyond the page. */
const page = (content: readonly string[]): Uint8Array =>
  pdfOf([{ content: ['0.0001 0 0 0.0001 0 0 cm', ...content].join('\n') }]);
const widget = (name: string, more: string): string =>
  `/Subtype /Widget /T (${name}) /F 4 /Rect [0 0 10 10] ${more}`;
/** So many lines of a page from its top, each of columns at these places. */
const columns = (lines: number, places: readonly number[], words: string): Uint8Array =>
  page(
    Array.from({ length: lines }, (_, row) =>
      places.map((x) => textAt(x, 14 * (lines - row), words, 4)),
    ).flat(),
  );
/** Places in a line, the farther apart the farther to the right. */
const farther = (count: number): number[] => Array.from({ length: count }, (_, at) => 40 * at + at * at);

/** What a file may hold again and again, a character of the text each. */
const FILES: { readonly [what: string]: (letters: readonly string[]) => Uint8Array } = {
  'one line': (letters) => makePdf([[letters.join('')]]),
  'lines of a character': (letters) => page(letters.map((letter, at) => textAt(72, 20 * at, letter))),
  'lines that are cut': (letters) => page(letters.map((letter, at) => textAt(72, 20 * at, `${letter}-`))),
  pages: (letters) => makePdf(letters.slice(0, letters.length / 64).map((letter) => [letter])),
  'pieces of a line': (letters) => page(letters.map((letter, at) => textAt(6 * at, 700, letter))),
  'pieces of a line, the last one first': (letters) =>
    page(letters.map((letter, at) => textAt(6 * (letters.length - at), 700, letter))),
  'pieces in one place': (letters) => page(letters.map((letter) => textAt(72, 700, letter))),
  'accents over one letter': (letters) => page(letters.map(() => textAt(72, 700, '`'))),
  'lines of two pieces, each beside the one above': (letters) =>
    page(
      letters.flatMap((letter, at) => [
        textAt(200 * at, 20 * (letters.length - at), letter),
        textAt(200 * at + 60, 20 * (letters.length - at), letter),
      ]),
    ),
  'lines of two columns': (letters) => columns(letters.length / 16, [72, 320], 'aa bb cc'),
  'columns beside each other': (letters) => columns(3, farther(letters.length / 9), 'aa bb cc'),
  'fields of a form': (letters) =>
    pdfOf([
      {
        content: '',
        annotations: letters
          .slice(0, letters.length / 32)
          .map((letter, at) => widget(`f${at}`, `/FT /Tx /V (${letter})`)),
      },
    ]),
  'choices of a field': (letters) =>
    pdfOf([
      {
        content: '',
        annotations: [
          widget(
            'f',
            `/FT /Ch /Ff 2097152 /Opt [${letters.map((_, at) => `[(k${at}) (v${at})]`).join(' ')}] ` +
              `/V [${letters.map((_, at) => `(k${at})`).join(' ')}]`,
          ),
        ],
      },
    ]),
  notes: (letters) =>
    pdfOf([
      {
        content: '',
        annotations: letters
          .slice(0, letters.length / 32)
          .map((letter) => `/Subtype /Text /Rect [0 0 10 10] /Contents (${letter})`),
      },
    ]),
};

describe('C-13: takes time in proportion to what it reads', () => {
  it.each(Object.entries(FILES))(
    'of a file: %s',
    async (_, fileOf) => {
      const reading = (text: string): Promise<unknown> => read(fileOf(text.split('')));
      // What runs into the bound of its time is not slow there any more.
      expect(await reading('a'.repeat(4 * LENGTH))).toMatchObject({ failures: [] });
      const given = { length: LENGTH, repeated: ['a'], tails: [''], everyThread: true };
      expect(await slowReadings(reading, given)).toEqual([]);
    },
    300_000,
  );

  it.each([
    ['a file', ''],
    ['a file without a root', '%PDF-1.4\n1 0 obj\n<< /Type /Page >>\nendobj\n'],
  ])(
    'of %s, whatever comes again and again',
    async (_, head) => {
      const reading = (text: string): Promise<unknown> => read(Buffer.from(text, 'latin1'));
      const repeated = [
        '0',
        ' ',
        '1 0 obj ',
        '1 0 obj << /Type /Page >>\n',
        '<<',
        '[',
        '(',
        '%',
        'xref\n',
        'endobj\n',
      ];
      const given = { heads: [head], repeated, tails: ['a'], everyThread: true };
      expect(await slowReadings(reading, given)).toEqual([]);
    },
    300_000,
  );

  it('through everything that the package exports', () => {
    expect(Object.keys(pdf)).toEqual(['pdfFormat']);
  });
});
