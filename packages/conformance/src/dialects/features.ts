import type { Suite } from '../frame/case.ts';
import { WIRE } from '../frame/conformance.ts';
import type { DialectBase } from './contract.ts';

/** What the cases ask of the wire is named `wire:...`; a dialect has all of it but what stands in its `without`. */
export function wireFeatures<S>({ without }: DialectBase, suite: Suite<S>): string[] {
  const asked = suite.flatMap(({ requires }) => requires).filter((feature) => feature.startsWith(WIRE));
  return [...new Set(asked)].filter((feature) => without[feature.slice(WIRE.length)] === undefined);
}

/** The reasons of a dialect, under the names that cases use. */
export function wireReasons({ without }: DialectBase): Record<string, string> {
  return Object.fromEntries(Object.entries(without).map(([feature, reason]) => [WIRE + feature, reason]));
}
