import type { Suite } from '../frame/case.ts';
import { WIRE } from '../frame/conformance.ts';
import type { DialectBase } from './contract.ts';

/** What the cases ask of the wire is named `wire:...`; a dialect has all of it but what stands in its `without`. */
export function wireFeatures<S>({ without }: DialectBase, suite: Suite<S>): string[] {
  const asked = suite.flatMap(({ requires }) => requires).filter((feature) => feature.startsWith(WIRE));
  return [...new Set(asked)].filter((feature) => without[feature.slice(WIRE.length)] === undefined);
}

/**
 * A dialect that was written before one of these members could be asked for: the cases that read by it are skipped, with
 * a reason of the kit's. `members`: the word that stands in `without`, the member's name, and whether it is there.
 */
export function skipping<D extends DialectBase>(
  dialect: D,
  members: readonly (readonly [word: string, name: string, isThere: boolean])[],
): D {
  const all = [...members, ['request-id', 'requestId', dialect.requestId !== undefined] as const];
  const absent = all.flatMap(([word, name, isThere]) =>
    isThere ? [] : [[word, `The dialect has no \`${name}\`, which these cases need.`] as const],
  );
  return { ...dialect, without: { ...Object.fromEntries(absent), ...dialect.without } };
}

/** The reasons of a dialect, under the names that cases use. */
export function wireReasons({ without }: DialectBase): Record<string, string> {
  return Object.fromEntries(Object.entries(without).map(([feature, reason]) => [WIRE + feature, reason]));
}
