import type { TestFunctions } from '@mortise/conformance';
import { describe, expect, it } from 'vitest';
import type { Left } from './left.ts';

/** The suite's tests; those of the cases in `left` must fail, so that a case which begins to pass is taken out of it. */
export function except(left: Left): TestFunctions {
  const known = new Set<string>();
  const declared = (name: string, body: () => Promise<void>, timeoutMs?: number): void => {
    const [, id = ''] = /\(([^()]+)\)$/.exec(name) ?? [];
    if (left[id] === undefined) return void it(name, body, timeoutMs);
    known.add(id);
    it(`${name} [theirs: ${left[id]}]`, () => expect(body()).rejects.toThrow(), timeoutMs);
  };
  return {
    describe(name, body) {
      describe(name, () => {
        body();
        it('leaves open only cases that there are', () =>
          expect([...known].sort()).toEqual(Object.keys(left).sort()));
      });
    },
    it: Object.assign(declared, {
      skip: (name: string, body: () => Promise<void>) => void it.skip(name, body),
    }),
  };
}
