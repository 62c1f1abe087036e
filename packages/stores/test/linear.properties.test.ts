import { REPEATED, slowReadings } from '@mortise/conformance';
import * as stores from '@mortise/stores';
import { describe, expect, it } from 'vitest';
import { storeReaders } from './text-readers.ts';

/** `pnpm test:linear` tries them all, `pnpm test:thorough` each third, others in each place. */
const one = process.env['MORTISE_LINEAR'] === undefined ? 3 : 1;
const some = (place: number): readonly string[] => REPEATED.filter((_, at) => (at + place) % one === 0);

describe('every reader of text in this package', () => {
  it.each(storeReaders.map((reader, place) => ({ ...reader, place })))(
    'C-13: takes time in proportion to the text, whatever comes again and again: $name',
    async ({ read, heads = [''], place }) => {
      // What is not its own is refused as such, and everything else taken.
      const refused = await Promise.resolve(read('aaaa')).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (refused !== undefined) expect(refused).toMatchObject({ code: 'validation' });
      for (const [nth, head] of heads.entries()) {
        const given = { heads: [head], repeated: some(place + nth), tails: ['a'] };
        expect(await slowReadings(read, given)).toEqual([]);
      }
    },
    600_000,
  );

  it('is tried', () => {
    const tried = new Set(storeReaders.map(({ exported }) => exported));
    expect([...tried].toSorted()).toEqual(Object.keys(stores).toSorted());
  });
});
