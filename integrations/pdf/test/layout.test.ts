import { expect, it } from 'vitest';
import { pdfOf, streamOf, textAt } from './make-pdf.ts';
import { textsOf } from './reading.ts';

const textOf = async (content: string): Promise<string> => (await textsOf(pdfOf([{ content }]))).join('\n');

it('puts a space between what stands apart on one line', async () => {
  expect(await textOf(`${textAt(72, 700, 'Forms')} ${textAt(300, 700, 'Alignment')}`)).toBe(
    'Forms Alignment',
  );
});

it('puts the cells of a row in order when they are drawn in another', async () => {
  const cells = [textAt(400, 700, '37,499.96'), textAt(250, 700, 'DIRECTOR'), textAt(72, 700, 'BAIN')];
  expect(await textOf(cells.join(' '))).toBe('BAIN DIRECTOR 37,499.96');
});

it('does not part a word whose letters are drawn one by one', async () => {
  // The widths of Helvetica's letters, in thousandths.
  const widths = { T: 611, i: 222, d: 556, e: 556, s: 500 };
  let x = 72;
  const letters = Object.entries(widths).map(([letter, width]) => {
    const drawn = textAt(x, 700, letter);
    x += (width * 12) / 1000;
    return drawn;
  });
  expect(await textOf(letters.join(' '))).toBe('Tides');
});

it('reads two columns one after the other, as they are drawn', async () => {
  const left = [textAt(72, 700, 'left one'), textAt(72, 680, 'left two')];
  const right = [textAt(320, 700, 'right one'), textAt(320, 680, 'right two')];
  expect(await textOf([...left, ...right].join(' '))).toBe('left one\nleft two\nright one\nright two');
});

it.each([
  ['a word that is cut', ['infor-', 'mation'], 'information'],
  ['a word that is cut twice', ['in-', 'for-', 'mation'], 'information'],
  ['a name', ['Jean-', 'Paul'], 'Jean-\nPaul'],
  ['numbers', ['2019-', '2021'], '2019-\n2021'],
  ['a dash', ['so -', 'and so'], 'so -\nand so'],
])('mends words at the ends of lines: %s', async (_what, lines, text) => {
  const drawn = lines.map((line, row) => `BT /F1 12 Tf 72 ${700 - 14 * row} Td (${line}) Tj ET`);
  expect(await textOf(drawn.join(' '))).toBe(text);
});

it('counts what is drawn twice, to look bold, once', async () => {
  expect(await textOf(`${textAt(72, 700, 'Bold')} ${textAt(72.3, 700, 'Bold')}`)).toBe('Bold');
  expect(await textOf(`${textAt(72, 700, 'again')} ${textAt(72, 680, 'again')}`)).toBe('again\nagain');
});

it('puts an accent that is drawn by itself onto its letter', async () => {
  // na, then the accent of i, above what comes.
  const [na, i] = [72 + 12 * 1.112, 72 + 12 * 1.112 - 0.3];
  const drawn = [textAt(72, 700, 'na'), `BT /F1 12 Tf ${na} 700 Td (\\250) Tj ET`, textAt(i, 700, 'ive')];
  expect(await textOf(drawn.join(' '))).toBe('naïve');
});

it('reads rotated text along its own lines', async () => {
  const up = 'BT /F1 12 Tf 0 1 -1 0 100 100 Tm (Upward) Tj 0 -20 Td (next) Tj ET';
  expect(await textOf(`${textAt(72, 700, 'Across')} ${up}`)).toBe('Across\nUpward\nnext');
});

it('takes control characters, which databases refuse, for spaces', async () => {
  expect(await textOf('BT /F1 12 Tf 72 700 Td (a\\001\\000b) Tj ET')).toBe('a b');
});

it.each([
  ['UniJIS-UCS2-H', 'Japan1', '<65E5672C>', '日本'],
  ['UniJIS-UCS2-V', 'Japan1', '<65E5672C>', '日本'],
  ['UniGB-UCS2-H', 'GB1', '<4E2D6587>', '中文'],
])(
  'reads fonts that name a character map without bringing it: %s',
  async (encoding, ordering, codes, text) => {
    const objects = [
      `<< /Type /Font /Subtype /Type0 /BaseFont /Any /Encoding /${encoding} /DescendantFonts [5 0 R] >>`,
      `<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Any /CIDSystemInfo << /Registry (Adobe) /Ordering (${ordering}) /Supplement 2 >> /FontDescriptor 6 0 R >>`,
      '<< /Type /FontDescriptor /FontName /Any /Flags 4 /Ascent 800 /Descent -200 >>',
    ];
    const content = `BT /F2 12 Tf 100 500 Td ${codes} Tj ET`;
    const page = { content, fonts: '/F2 4 0 R' };
    expect(await textsOf(pdfOf([page], { objects }))).toEqual([text]);
  },
);

it('reads right to left, with numbers and Latin words the right way round', async () => {
  // A font whose letters a, b, c are alef, bet, gimel, each drawn to the left of the one before.
  const map = streamOf(
    '',
    [
      '/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def',
      '1 begincodespacerange <00> <FF> endcodespacerange',
      '3 beginbfchar <61> <05D0> <62> <05D1> <63> <05D2> endbfchar',
      'endcmap end end',
    ].join('\n'),
  );
  const objects = ['<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 5 0 R >>', map];
  const letter = (x: number, code: string): string => `BT /F2 12 Tf ${x} 700 Td (${code}) Tj ET`;
  // The widths of a, b and c are 6.7, 6.7 and 6.
  const content = [
    letter(300, 'a'),
    letter(293.3, 'b'),
    letter(287.3, 'c'),
    textAt(240, 700, '12 pm'),
    letter(220, 'b'),
    letter(213.3, 'a'),
  ].join(' ');
  const page = { content, fonts: '/F2 4 0 R' };
  expect(await textsOf(pdfOf([page], { objects }))).toEqual(['אבג 12 pm בא']);
});

const LEFT = [
  'The tide is the rise and',
  'fall of the sea that the',
  'moon and the sun bring',
  'about, twice each day.',
];
const RIGHT = [
  'Boats are built to float',
  'on it, and are tied to',
  'the quay by lines that',
  'are neither slack nor short.',
];

it.each([
  ['line by line', [72, 320]],
  ['in three', [72, 230, 400]],
])('reads columns of prose one after the other when they are drawn across: %s', async (_what, places) => {
  const columns = [LEFT, RIGHT, LEFT.map((line) => line.replace('tide', 'ebb'))].slice(0, places.length);
  const drawn = LEFT.flatMap((_, row) =>
    columns.map((column, at) => textAt(places[at] ?? 0, 700 - 14 * row, column[row] ?? '', 10)),
  );
  const heading = textAt(
    72,
    730,
    'A heading that goes across the whole of the page, over all of its columns',
  );
  const [title, ...lines] = (await textOf([heading, ...drawn].join(' '))).split('\n');
  expect(title).toMatch(/^A heading/);
  expect(lines).toEqual(columns.flat());
});

it('keeps the rows of a table whole', async () => {
  const rows = [
    ['documents', 'One for each page, or one for the whole of the file'],
    ['password', 'For files that are encrypted by the one who wrote them'],
    ['maxBytes', 'The bytes that a file may have before it is refused'],
    ['a timeout', 'Milliseconds for each of the pages, and for opening'],
  ];
  const drawn = rows.flatMap((row, at) =>
    row.map((cell, column) => textAt(72 + 120 * column, 700 - 14 * at, cell, 10)),
  );
  expect(await textOf(drawn.join(' '))).toBe(rows.map((row) => row.join(' ')).join('\n'));
});
