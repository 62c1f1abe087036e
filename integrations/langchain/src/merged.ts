import { isObject } from '@mortise/core/shared';
import type { Members } from './values.ts';

/** Strings that name something: they are not continued. */
const NAMES: ReadonlySet<string> = new Set([
  ...['type', 'id', 'name', 'model', 'role', 'index', 'mime_type', 'source_type', 'status', 'stop_reason'],
]);

/** Containers inside one another; what is deeper replaces. */
const DEEPEST = 20;

/**
 * Pieces of one object put together as LangChain.js does: texts are continued, lists appended or merged by the `index` of
 * their items, objects merged; numbers are added where they are counts (`sum`), else the last one stands.
 */
export class Merged {
  readonly #numbers: 'sum' | 'last';
  #value: Members = {};
  /** Of the items of a list that say their index. */
  readonly #places = new WeakMap<unknown[], Map<number, number>>();

  constructor(numbers: 'sum' | 'last' = 'last') {
    this.#numbers = numbers;
  }

  /** What has come so far. Not to be changed. */
  get value(): Members {
    return this.#value;
  }

  add(piece: Members): void {
    this.#value = this.#objects(this.#value, piece, 0);
  }

  /** Changes `into`, which is this object's own. */
  #objects(into: Members, piece: Members, depth: number): Members {
    for (const [name, next] of Object.entries(piece)) {
      if (next === undefined || next === null) continue;
      const value = this.#values(Object.hasOwn(into, name) ? into[name] : undefined, next, name, depth);
      // Assigning `__proto__` would set the prototype.
      Object.defineProperty(into, name, { value, enumerable: true, writable: true, configurable: true });
    }
    return into;
  }

  #values(known: unknown, next: unknown, name: string, depth: number): unknown {
    if (depth > DEEPEST) return next;
    if (typeof next === 'string' && typeof known === 'string') return NAMES.has(name) ? next : known + next;
    if (typeof next === 'number' && typeof known === 'number' && this.#numbers === 'sum') return known + next;
    if (Array.isArray(next))
      return this.#lists(Array.isArray(known) ? (known as unknown[]) : [], next, depth);
    if (isObject(next)) return this.#objects(isObject(known) ? known : {}, next, depth + 1);
    return next;
  }

  #lists(into: unknown[], piece: readonly unknown[], depth: number): unknown[] {
    const places = this.#places.get(into) ?? new Map<number, number>();
    this.#places.set(into, places);
    for (const item of piece) {
      const index = indexOf(item);
      const known = index === undefined ? undefined : places.get(index);
      if (known !== undefined && isObject(item)) this.#objects(into[known] as Members, item, depth + 1);
      else {
        if (index !== undefined) places.set(index, into.length);
        into.push(isObject(item) ? this.#objects({}, item, depth + 1) : item);
      }
    }
    return into;
  }
}

function indexOf(item: unknown): number | undefined {
  return isObject(item) && typeof item['index'] === 'number' ? item['index'] : undefined;
}
