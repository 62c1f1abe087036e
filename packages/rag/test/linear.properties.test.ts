import { REPEATED, slowReadings } from '@mortise/conformance';
import * as rag from '@mortise/rag';
import { describe, expect, it } from 'vitest';
import { notReaders, ragReaders } from './text-readers.ts';

/** What begins something in a file, besides what begins something anywhere. */
const IN_FILES = [
  ...[
    '\r\n',
    '\u0301',
    '\u200d',
    '* ',
    '1. ',
    '> ',
    '>> ',
    '## a\n',
    '---\n',
    '...\n',
    '~~~ a\n',
    '![',
    '[a](',
  ],
  ...['[a]: ', '<h1', '<h1>\n', '<!--', '<a b=', "<a b='", '|a', '|-', '| a |\n|---|\n', ' #', '",', '[['],
  ...['{"a":', '[1,', '- a\n', 'a. ', '"a b" ', '[1] ', '<source_1>\n'],
];

/** `pnpm test:linear` tries them all, `pnpm test:thorough` each third, others in each place. */
const one = process.env['MORTISE_LINEAR'] === undefined ? 3 : 1;
const some = (place: number): readonly string[] =>
  [...REPEATED, ...IN_FILES].filter((_, at) => (at + place) % one === 0);

describe('every reader of text in this package', () => {
  it.each(ragReaders.map((reader, place) => ({ ...reader, place })))(
    'C-13: takes time in proportion to the text, whatever comes again and again: $name',
    async ({ read, heads = [''], place }) => {
      for (const [nth, head] of heads.entries()) {
        const context = { heads: [head], repeated: some(place + nth), tails: ['a'] };
        expect(await slowReadings(read, context)).toEqual([]);
      }
    },
    600_000,
  );

  it('is tried, or has a reason not to be', () => {
    const known = [...ragReaders.flatMap(({ exports }) => exports), ...Object.values(notReaders).flat()];
    expect([...new Set(known)].toSorted()).toEqual(Object.keys(rag).toSorted());
  });
});
