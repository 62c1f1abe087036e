import { isObject } from '@mortise/core/shared';
import { malformed, type About } from '@mortise/core/wire';
import type { Raw } from './convert-response.ts';

/** A call whose arguments come by their paths, as Vertex AI streams them on request, until nothing more is announced. */
export class PartialCall {
  readonly index: number;
  readonly #part: Raw;
  readonly #args: Raw = {};
  readonly #about: About;

  constructor(index: number, part: Raw, about: About) {
    this.index = index;
    this.#part = { ...part };
    this.#about = about;
  }

  /** True once the call is whole. */
  add({ functionCall, ...members }: Raw): boolean {
    for (const [name, value] of Object.entries(members)) if (value != null) this.#part[name] = value;
    const { partialArgs, willContinue } = isObject(functionCall) ? functionCall : {};
    for (const piece of Array.isArray(partialArgs) ? partialArgs.filter(isObject) : []) this.#set(piece);
    return willContinue !== true;
  }

  /** The part as it would have come whole. */
  whole(id: string): Raw {
    const call = this.#part['functionCall'] as Raw;
    return { ...this.#part, functionCall: { id, name: call['name'], args: this.#args } };
  }

  /** Texts grow; everything else comes at once. */
  #set({ jsonPath, stringValue, numberValue, boolValue }: Raw): void {
    const path = typeof jsonPath === 'string' ? jsonPath : '';
    const keys = [...path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\[(?:'([^']*)'|"([^"]*)")\]/g)].map(
      ([, name, at, single, double]) => (at === undefined ? (name ?? single ?? double ?? '') : Number(at)),
    );
    const last = keys.pop();
    let place: Raw | unknown[] = this.#args;
    keys.forEach((key, at) => {
      const known: unknown = this.#at(place, key);
      const next = typeof (keys[at + 1] ?? last) === 'number' ? [] : {};
      if (typeof known !== 'object' || known === null) (place as Raw)[key] = next;
      place = (place as Raw)[key] as Raw | unknown[];
    });
    if (last === undefined) throw malformed('an argument without a path', this.#about);
    const known = this.#at(place, last);
    const text =
      typeof stringValue === 'string' ? (typeof known === 'string' ? known : '') + stringValue : null;
    place[last] = text ?? numberValue ?? boolValue ?? null;
  }

  /** Lists grow by one, and no path leads out of the arguments. */
  #at(place: Raw | unknown[], key: string | number): unknown {
    const fits = Array.isArray(place)
      ? typeof key === 'number' && key <= place.length
      : typeof key === 'string' && key !== '__proto__';
    if (!fits) throw malformed('an argument at a path that cannot be', this.#about);
    return Object.hasOwn(place, key) ? (place as Raw)[key] : undefined;
  }
}
