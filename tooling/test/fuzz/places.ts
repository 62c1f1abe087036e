import { hostileValues } from '@mortise/conformance';

/** Whole numbers below `most`, the same for one seed (mulberry32). */
export type Random = (most: number) => number;

export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return (most) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % most;
  };
}

export const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)]!;

type Hostile = readonly [what: string, make: () => unknown];

/** What a call is made with instead of what belongs there. Large ones come once in a while: they take time to make. */
const LARGE: readonly Hostile[] = hostileValues.filter(([what]) => /\d,\d|long/.test(what));
const SMALL: readonly Hostile[] = [
  ...hostileValues.filter((one) => !LARGE.includes(one)),
  ['nested 300 deep', () => nested(300)],
  ['an empty text', () => ''],
  ['a text', () => 'text'],
  ['an empty list', () => []],
  ['an empty object', () => ({})],
  ['a list of null', () => [null]],
  ['a list of lists', () => [[], {}, 'a', 1]],
  ['zero', () => 0],
  ['a fraction', () => 0.5],
  ['Infinity', () => Infinity],
  ['a number too great', () => 2 ** 60],
  ['true', () => true],
  ['false', () => false],
  ['bytes', () => new Uint8Array([1, 2, 255])],
  ['numbers that are none', () => Float32Array.of(NaN)],
  ['a map', () => new Map([['a', 1]])],
  ['an error', () => new Error('An error of somebody else.')],
  ['a promise', () => Promise.resolve(1)],
  ['an object that is sealed', () => Object.freeze({ type: 'text', text: 'a' })],
  ['a class', () => class Somebody {}],
];

const CHANCE_OF_LARGE = 12;

export function hostile(random: Random): Hostile {
  return pick(random, random(CHANCE_OF_LARGE) === 0 ? LARGE : SMALL);
}

function nested(depth: number): unknown {
  let value: unknown = [];
  for (let level = 0; level < depth; level++)
    value = level % 2 === 0 ? { text: value, type: 'text' } : [value];
  return value;
}

/** What one case did, for its message; and what it may see again. */
export interface Story {
  readonly told: string[];
  /** What callbacks threw, and reasons of the caller's signals. */
  readonly thrown: Set<unknown>;
  readonly reasons: Set<unknown>;
  readonly errors: Error[];
}

interface Place {
  readonly path: string;
  readonly value: unknown;
  replace(value: unknown): void;
}

const MAX_PLACES = 400;
const MAX_DEPTH = 7;

/** Every place in a value that something else can stand in: members, items, methods, the arguments themselves. */
function placesIn(root: unknown, path: string, depth = 0, places: Place[] = []): Place[] {
  if (typeof root !== 'object' || root === null || depth > MAX_DEPTH || places.length > MAX_PLACES)
    return places;
  if (
    ArrayBuffer.isView(root) ||
    root instanceof Promise ||
    root instanceof AbortSignal ||
    Object.isFrozen(root)
  )
    return places;
  for (const key of namesIn(root)) {
    const at = `${path}.${key}`;
    const value = memberOf(root, key);
    const replace = (other: unknown): void => {
      Reflect.defineProperty(root, key, {
        value: other,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    };
    places.push({ path: at, value, replace });
    if (isOpen(value)) placesIn(value, at, depth + 1, places);
  }
  return places;
}

const isOpen = (value: unknown): boolean => Array.isArray(value) || typeof value === 'object';

/** Own names, and for an object of a class those of its methods and getters. */
function namesIn(object: object): readonly string[] {
  try {
    return allNamesIn(object);
  } catch {
    // A proxy that came back in a result.
    return [];
  }
}

function allNamesIn(object: object): readonly string[] {
  const names = new Set(Object.keys(object).slice(0, 40));
  for (
    let proto = Object.getPrototypeOf(object) as object | null;
    proto !== null && Object.getPrototypeOf(proto) !== null && !Array.isArray(object);
    proto = Object.getPrototypeOf(proto) as object | null
  )
    for (const name of Object.getOwnPropertyNames(proto))
      if (name !== 'constructor' && !name.startsWith('_') && memberOf(object, name) !== undefined)
        names.add(name);
  return [...names];
}

function memberOf(object: object, name: string): unknown {
  try {
    return (object as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}

/** The arguments with something hostile in one place. The story says where, and what. */
export function mutated(args: unknown[], random: Random, story: Story): void {
  const places = placesIn(args, '');
  // Half of the time a place near the top: what is passed itself, and its members.
  const near = places.filter(({ path }) => path.split('.').length <= 3);
  const place = pick(random, random(2) === 0 ? near : places);
  place.replace(instead(place.value, place.path, random, story));
}

function instead(value: unknown, path: string, random: Random, story: Story): unknown {
  if (value instanceof AbortSignal && random(3) > 0) return aborted(path, random, story);
  if (typeof value === 'function' && random(5) > 0 && !isClass(value))
    return behaving(value as (...args: unknown[]) => unknown, path, random, story);
  const [what, make] = hostile(random);
  story.told.push(`${path} is ${what}`);
  return make();
}

const isClass = (value: object): boolean => Function.prototype.toString.call(value).startsWith('class');

function aborted(path: string, random: Random, story: Story): AbortSignal {
  const [what, make] = hostile(random);
  const controller = new AbortController();
  const reason = make();
  const abort = (): void => {
    controller.abort(reason);
    story.reasons.add(controller.signal.reason);
  };
  const late = random(2) === 0;
  story.told.push(`${path} is aborted ${late ? 'soon' : 'already'} with ${what}`);
  if (late) setImmediate(abort);
  else abort();
  return controller.signal;
}

/** Whose contract is a plain value or a stream, given at once: that a promise of it is rejected is nobody's to hear of. */
const PLAIN =
  /\b(instructions|count|describe|text|when|prefers|list|countMessage|estimateTokens|encode|decode|countTokens|on|iterator|id|documentId|stream|streamChat|streamQuery|streamSynthesize)$/;

/** A function of the caller's, or of what it injects, that does not do what its contract says. */
function behaving(
  whole: (...args: unknown[]) => unknown,
  path: string,
  random: Random,
  story: Story,
): unknown {
  const [what, make] = hostile(random);
  const how = random(4);
  const isPlain = PLAIN.test(path);
  if (how === 0) {
    story.told.push(`${path}() returns ${what}`);
    return () => make();
  }
  if (how === 1 && !isPlain) {
    story.told.push(`${path}() rejects with ${what}`);
    return () => Promise.reject(thrown(make(), story));
  }
  if (how <= 2) {
    story.told.push(`${path}() throws ${what}`);
    return () => {
      throw thrown(make(), story);
    };
  }
  const seed = random(2 ** 31);
  let isTold = false;
  return function (this: unknown, ...args: unknown[]): unknown {
    const own = randomOf(seed);
    // Told once, for what comes of every call is the same.
    const tale: Story = isTold ? { ...story, told: [] } : story;
    isTold = true;
    return resultOf(whole.apply(this, args), `${path}()`, own, tale);
  };
}

function thrown(value: unknown, story: Story): unknown {
  story.thrown.add(value);
  return value;
}

function resultOf(result: unknown, path: string, random: Random, story: Story): unknown {
  if (result instanceof Promise) return result.then((value) => resultOf(value, path, random, story));
  if (result instanceof Response) return result;
  if (typeof result === 'object' && result !== null && Symbol.asyncIterator in result)
    return broken(result as AsyncIterable<unknown>, path, random, story);
  const holder = [copy(result)];
  const places = placesIn(holder, path);
  const place = pick(random, places);
  place.replace(instead(place.value, place.path, random, story));
  return holder[0];
}

async function* broken(
  items: AsyncIterable<unknown>,
  path: string,
  random: Random,
  story: Story,
): AsyncGenerator<unknown> {
  const at = random(6);
  const [what, make] = hostile(random);
  let seen = 0;
  for await (const item of items) {
    if (seen++ !== at) yield item;
    else if (random(3) === 0) {
      story.told.push(`${path} throws ${what} at ${at}`);
      throw thrown(make(), story);
    } else yield resultOf(item, `${path}[${at}]`, random, story);
  }
}

/** Results may be shared or frozen: one level of what is broken is a copy. */
function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => copy(item));
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  const proto: unknown = Object.getPrototypeOf(value);
  if (proto !== null && proto !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)]));
}
