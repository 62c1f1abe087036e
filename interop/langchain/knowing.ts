import { describe, it } from 'vitest';
import type { TestFunctions } from '@mortise/conformance';
import { ENDLESS, type Known } from './known.ts';

/** Cases whose failure is known must fail, so that the list stays true; those that never end are left out. */
export function knowing(known: Known): TestFunctions {
  const whyOf = (title: string): string | undefined => known[/\(([\w.-]+)\)$/.exec(title)?.[1] ?? ''];
  const run = (title: string, body: () => Promise<void>, timeoutMs?: number): void => {
    const why = whyOf(title);
    if (title === 'reports what works and is not declared' || why === ENDLESS)
      it.skip(`${title} [${why ?? 'slow'}]`, body);
    else if (why === undefined) it(title, body, timeoutMs);
    else it.fails(`${title} [theirs: ${why}]`, body, timeoutMs);
  };
  return {
    describe,
    it: Object.assign(run, { skip: (title: string, body: () => Promise<void>) => void it.skip(title, body) }),
  };
}
