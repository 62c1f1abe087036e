import { isMortiseError } from '@mortise/core';

/**
 * Values as a hostile or broken program may hand them over: deep, huge, cyclic, throwing, without a prototype. Each is made
 * anew, so that what one call does to it does not reach the next. For property tests: `fc.constantFrom(...hostileValues)`.
 */
export const hostileValues: readonly (readonly [what: string, make: () => unknown])[] = [
  ['nested 5,000 deep', () => nested(5_000)],
  ['nested 100,000 deep', () => nested(100_000)],
  ['objects nested 5,000 deep', () => chain(5_000)],
  ['text of JSON nested 100,000 deep', () => '['.repeat(100_000)],
  ['a cycle', cycle],
  ['a long text', () => 'a'.repeat(200_000)],
  ['a long list', () => Array.from({ length: 50_000 }, (_, at) => at)],
  ['a list with holes', () => Object.assign([], { length: 3 })],
  ['a getter that throws', () => Object.defineProperty({}, 'type', { enumerable: true, get: fails })],
  ['an object without a prototype', () => Object.assign(Object.create(null) as object, { type: 'text' })],
  ['a proxy that throws', () => new Proxy({}, { get: fails, has: fails, ownKeys: fails })],
  ['a list that throws', () => new Proxy([], { get: fails })],
  ['a value that cannot be a string', () => Object.create(null) as unknown],
  ['a member named __proto__', () => JSON.parse('{"__proto__":{"polluted":true},"type":"text"}') as unknown],
  ['NaN', () => Number.NaN],
  ['a negative number', () => -1],
  ['a big integer', () => 10n ** 30n],
  ['a symbol', () => Symbol('hostile')],
  ['a function', () => () => undefined],
  ['a date that is none', () => new Date(Number.NaN)],
  ['a lone surrogate', () => '\uD800'],
  ['null', () => null],
  ['nothing', () => undefined],
  ['bytes through JSON', () => ({ 0: 1, 1: 2 })],
];

/** What came of one call. `untyped`: something other than a `MortiseError` came out. `hung`: nothing did in time. */
export type HostileOutcome =
  | { readonly kind: 'value' | 'typed' | 'hung' }
  | { readonly kind: 'untyped'; readonly error: unknown };

/** Calls `run`, and reads what it gives to its end: promises, and at most `items` of an async iterable. */
export async function hostileOutcome(
  run: () => unknown,
  { timeoutMs = 5_000, items = 1_000 }: { timeoutMs?: number; items?: number } = {},
): Promise<HostileOutcome> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<HostileOutcome>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'hung' }), timeoutMs);
  });
  try {
    return await Promise.race([settled(run, items), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Names that a module exports and that `listed` does not hold, and the other way round: both must be empty. */
export function unlisted(
  module: Readonly<Record<string, unknown>>,
  listed: Iterable<string>,
): { readonly missing: string[]; readonly stale: string[] } {
  const names = new Set(listed);
  const callable = Object.entries(module).flatMap(([name, value]) =>
    typeof value === 'function' ? [name] : [],
  );
  return {
    missing: callable.filter((name) => !names.has(name)),
    stale: [...names].filter((name) => !callable.includes(name)),
  };
}

async function settled(run: () => unknown, items: number): Promise<HostileOutcome> {
  try {
    const value = await run();
    if (isIterable(value)) {
      let seen = 0;
      for await (const _item of value) if (++seen >= items) break;
    }
    return { kind: 'value' };
  } catch (error) {
    return isMortiseError(error) ? { kind: 'typed' } : { kind: 'untyped', error };
  }
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** What the members of hostile values threw, anew each time. */
const thrown = new WeakSet<object>();

/** Whether a member of a hostile value threw exactly this: where a contract lets through what a callback throws, it may come out. */
export function isHostileThrow(error: unknown): boolean {
  return typeof error === 'object' && error !== null && thrown.has(error);
}

function fails(): never {
  const error = new RangeError('A member of somebody else throws.');
  thrown.add(error);
  throw error;
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

function chain(depth: number): unknown {
  let value: unknown = { type: 'text' };
  for (let level = 0; level < depth; level++) value = { type: 'object', properties: { a: value }, a: value };
  return value;
}

function cycle(): unknown {
  const value: Record<string, unknown> = { type: 'object' };
  value['self'] = value;
  value['properties'] = { a: value };
  return value;
}
