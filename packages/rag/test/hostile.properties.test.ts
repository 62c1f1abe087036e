import { describe, expect, it } from 'vitest';
import type { FileFormat } from '@mortise/core/reader';
import { createDocument } from '@mortise/core/retriever';
import {
  csvFormat,
  HierarchicalSplitter,
  jsonFormat,
  jsonLinesFormat,
  markdownFormat,
  markdownHeadings,
  MarkdownSplitter,
  SentenceSplitter,
  TokenSplitter,
} from '@mortise/rag';
import { collect } from './temporary.ts';

/** What is repeated, with what may stand in front of it: each class of character, and what begins something. */
const PIECES = [
  ...[
    ' ',
    '\t',
    '\n',
    '\r',
    '\r\n',
    '\u00a0',
    '\u2028',
    'a',
    'é',
    '😀',
    '\u0301',
    '\u200d',
    '0',
    '.',
    ',',
    ';',
    ':',
  ],
  ...[
    '#',
    '*',
    '_',
    '-',
    '=',
    '+',
    '`',
    '~',
    '>',
    '<',
    '|',
    '\\',
    '"',
    "'",
    '/',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '!',
    '&',
  ],
  ...[
    '- ',
    '* ',
    '1. ',
    '> ',
    '>> ',
    '# ',
    '## a\n',
    '---\n',
    '...\n',
    '```\n',
    '~~~ a\n',
    '![',
    '[a](',
    '[a]: ',
    '<h1',
    '<h1>\n',
  ],
  ...[
    '<!--',
    '<a b=',
    "<a b='",
    '|a',
    '|-',
    '| a |\n|---|\n',
    ' #',
    '\\"',
    '""',
    '",',
    '[[',
    '{"a":',
    '[1,',
    'a: ',
    '- a\n',
    'a. ',
    ' a',
  ],
];
const TEXT_FRONTS = ['', '---\n', '---\na: ', '---\na: [', '# ', '| a |\n|---|\n', '- ', '<div ', 'a\n'];
const RECORD_FRONTS = ['', '"'];
const CHUNK_FRONTS = ['', '| a |\n|---|\n'];

const read = (format: FileFormat) => async (text: string) => {
  const bytes = Buffer.from(text);
  const file = {
    path: 'a',
    id: 'a',
    bytes: async () => bytes,
    async *stream() {
      yield bytes;
    },
  };
  // That it is refused is fine; how long that takes is the question.
  await collect(format.read(file, { report: () => undefined })).catch(() => undefined);
};
const document = (text: string, mediaType: string) =>
  createDocument({ id: 'd', text, metadata: { mediaType } });

const WORK: readonly [name: string, fronts: readonly string[], work: (text: string) => unknown][] = [
  ['markdownFormat', TEXT_FRONTS, read(markdownFormat())],
  ['markdownHeadings', TEXT_FRONTS, markdownHeadings],
  ['csvFormat', RECORD_FRONTS, read(csvFormat())],
  ['jsonFormat', RECORD_FRONTS, read(jsonFormat())],
  ['jsonLinesFormat', [''], read(jsonLinesFormat())],
  [
    'SentenceSplitter of Markdown',
    CHUNK_FRONTS,
    (text) => new SentenceSplitter().split(document(text, 'text/markdown')),
  ],
  ['SentenceSplitter of CSV', [''], (text) => new SentenceSplitter().split(document(text, 'text/csv'))],
  ['MarkdownSplitter', [''], (text) => new MarkdownSplitter().split(document(text, 'text/markdown'))],
  ['TokenSplitter', [''], (text) => new TokenSplitter().split(document(text, 'text/plain'))],
  ['HierarchicalSplitter', [''], (text) => new HierarchicalSplitter().split(document(text, 'text/markdown'))],
];

/** `pnpm test:properties` tries them all, `pnpm test` each fifth, others in each place. */
const isThorough = Number(process.env['MORTISE_PROPERTY_RUNS'] ?? 0) >= 10_000;
const some = <T>(all: readonly T[], place: number): readonly T[] =>
  isThorough ? all : all.filter((_, at) => (at + place) % 5 === 0);

/** CPU of this process in milliseconds, the least of some runs: what others do on the machine does not count. */
async function cpu(run: () => unknown, runs: number): Promise<number> {
  let least = Infinity;
  for (let at = 0; at < runs; at++) {
    const before = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1_000);
  }
  return least;
}

/** Four times as much takes sixteen times as long where work is quadratic; what takes no time is not worth a look. */
const NOTHING = 100;
const isLinear = (small: number, large: number): boolean => large < NOTHING || large < 9 * small;

describe.each(WORK)('C-13: %s takes linear time', (_name, fronts, work) => {
  it('whatever is repeated, and whatever it begins with', { timeout: 300_000 }, async () => {
    const slow: string[] = [];
    for (const [place, front] of fronts.entries())
      for (const piece of some(PIECES, place)) {
        const run = (size: number) => () => work(`${front}${piece.repeat(size / piece.length)}a`);
        if ((await cpu(run(32_000), 1)) < NOTHING) continue;
        const [small, large] = [await cpu(run(8_000), 3), await cpu(run(32_000), 3)];
        const took = `${JSON.stringify(front + piece)}: ${small.toFixed(0)} and ${large.toFixed(0)} ms`;
        if (!isLinear(small, large)) slow.push(took);
      }
    expect(slow).toEqual([]);
  });
});
