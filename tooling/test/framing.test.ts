import { expect, it } from 'vitest';
import { allSplits, SMALL } from '../../packages/conformance/src/lab/framing.ts';

/** Where a reply is cut, as the bytes before each cut. */
const cutsOf = (pieces: readonly Buffer[]): number[] =>
  pieces.slice(0, -1).reduce<number[]>((cuts, { length }) => [...cuts, (cuts.at(-1) ?? 0) + length], []);

it.each([2, 3, 63, 64, 65, 700, SMALL])('W-01: of %i bytes each position is a cut of one reply', (length) => {
  const bytes = Buffer.from(Array.from({ length }, (_, at) => at % 251));
  const replies = allSplits(bytes);
  for (const pieces of replies) expect(Buffer.concat(pieces)).toEqual(bytes);
  const cuts = replies.flatMap(cutsOf).toSorted((a, b) => a - b);
  expect(cuts).toEqual(Array.from({ length: length - 1 }, (_, at) => at + 1));
});

it('W-01: a longer stream is cut at seeded positions, the same each time', () => {
  const bytes = Buffer.alloc(SMALL + 1, 'x');
  const replies = allSplits(bytes);
  expect(replies.map(cutsOf)).toEqual(allSplits(bytes).map(cutsOf));
  for (const pieces of replies) expect(Buffer.concat(pieces)).toEqual(bytes);
});
