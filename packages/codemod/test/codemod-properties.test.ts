import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { langchain, llamaindex } from '@mortise/codemod';
import { one } from './one.ts';

/** Any code point. `unit: 'binary'` draws the same, and keeps a map of all 1.1 million: 1.5 s to make in each process. */
const codePoint = fc.nat(0x10f7ff).map((n) => String.fromCodePoint(n < 0xd800 ? n : n + 0x800));

const numRuns = Math.max(50, Number(process.env['MORTISE_PROPERTY_RUNS'] ?? 0) / 20);
const folder = join(import.meta.dirname, 'inputs');
const programs = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
const libraries = fc.constantFrom(llamaindex, langchain);
const pieces = fc.constantFrom(
  ...programs.flatMap((program) => program.split(/(?<=[;{}()\n])/)),
  ...['/* ', ' */', '`', '${', '"', "'", '\r\n', '\uFEFF', '<T>', 'await ', '?? '],
);

describe('whatever a file holds', () => {
  it('it comes back byte by byte where it does not import the library', () => {
    const text = fc.oneof(
      fc.string({ unit: codePoint }),
      fc.array(pieces).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(libraries, text, (library, given) => {
        // What a comment or a string says of the library is not an import.
        const plain = given.replaceAll(/llamaindex|langchain/g, 'other');
        expect(one(library, plain)).toMatchObject({ after: plain, state: 'untouched', listed: [] });
      }),
      { numRuns },
    );
  });

  it('nothing throws, and what is listed is as it was', () => {
    fc.assert(
      fc.property(libraries, fc.array(pieces, { maxLength: 60 }), (library, all) => {
        const given = all.join('');
        const outcome = one(library, given);
        if (outcome.listed.length > 0) expect(outcome.after).toBe(given);
      }),
      { numRuns },
    );
  });

  it('a second run changes nothing', () => {
    fc.assert(
      fc.property(libraries, fc.constantFrom(...programs), fc.boolean(), (library, program, isWindows) => {
        const given = isWindows ? program.replaceAll('\n', '\r\n') : program;
        const first = one(library, given);
        expect(one(library, first.after).after).toBe(first.after);
        if (isWindows) expect(first.after).not.toMatch(/(?<!\r)\n/);
      }),
      { numRuns: 16 },
    );
  });

  it('a program that was cut anywhere is left, or is a program still', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...programs),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (program, share) => {
          const given = program.slice(0, Math.floor(program.length * share));
          for (const library of [llamaindex, langchain]) {
            const outcome = one(library, given);
            if (outcome.listed.some(({ construct }) => construct === 'syntax'))
              expect(outcome.after).toBe(given);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
