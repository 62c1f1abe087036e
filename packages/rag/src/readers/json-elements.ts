/** Where an element of an array stands in a JSON text, in UTF-16 units. */
export interface JsonElement {
  readonly start: number;
  readonly end: number;
}

/**
 * Checks a JSON text in steps, and finds the elements of the array at a JSON pointer (RFC 6901); undefined where there is
 * no array. Throws a `SyntaxError` for what is not JSON. `JSON.parse` does that in one go, and 64 MB of it hold the event
 * loop for half a second.
 */
export function* scanElements(source: string, pointer: string): Generator<void, JsonElement[] | undefined> {
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const scan = new ElementScan(source, keys);
  const rest = pastSpace(source, yield* scan.value(pastSpace(source, 0), 0, 0));
  if (rest < source.length) throw unexpected(source, rest);
  return scan.elements;
}

/** A value up to this length is checked by `JSON.parse`, in one step. In UTF-16 units. */
const STEP = 65_536;

/** What nests deeper, and is longer than a step, is checked in one go: a generator for each level is a stack too. */
const DEEPEST = 200;

class ElementScan {
  elements: JsonElement[] | undefined;
  readonly #source: string;
  readonly #keys: readonly string[];
  #yielded = 0;

  constructor(source: string, keys: readonly string[]) {
    this.#source = source;
    this.#keys = keys;
  }

  /** Where the value ends that begins at `at`. `matched`: of the keys, where it is on their way. */
  *value(at: number, depth: number, matched: number | undefined): Generator<void, number> {
    const open = this.#source[at];
    const isTarget = matched === this.#keys.length;
    // Of members with one name the last is what JSON.parse has.
    if (isTarget) this.elements = undefined;
    const isContainer = open === '[' || open === '{';
    const isOnWay = isContainer && matched !== undefined && (!isTarget || open === '[');
    if (!isOnWay) {
      const end = this.#skip(at, isContainer && depth < DEEPEST ? STEP : Infinity);
      if (end !== undefined) return end;
    }
    const elements: JsonElement[] | undefined = isTarget && open === '[' ? [] : undefined;
    const end = yield* this.#children(at, depth, isTarget ? undefined : matched, elements);
    if (elements !== undefined) this.elements = elements;
    return end;
  }

  *#children(
    open: number,
    depth: number,
    matched: number | undefined,
    elements: JsonElement[] | undefined,
  ): Generator<void, number> {
    const source = this.#source;
    const isObject = source[open] === '{';
    const close = isObject ? '}' : ']';
    let at = pastSpace(source, open + 1);
    if (source[at] === close) return at + 1;
    for (let index = 0; ; index++) {
      let key = matched === undefined ? '' : String(index);
      if (isObject) {
        const nameEnd = source[at] === '"' ? stringEnd(source, at) : at;
        const name: unknown = parseAt(source, at, nameEnd);
        const colon = pastSpace(source, nameEnd);
        if (typeof name !== 'string' || source[colon] !== ':') throw unexpected(source, colon);
        key = name;
        at = pastSpace(source, colon + 1);
      }
      const isNext = matched !== undefined && key === this.#keys[matched];
      const end =
        (isNext ? undefined : this.#skip(at, STEP)) ??
        (yield* this.value(at, depth + 1, isNext ? matched + 1 : undefined));
      elements?.push({ start: at, end });
      if (end - this.#yielded > STEP) {
        this.#yielded = end;
        yield;
      }
      at = pastSpace(source, end);
      if (source[at] === close) return at + 1;
      if (source[at] !== ',') throw unexpected(source, at);
      at = pastSpace(source, at + 1);
    }
  }

  /** The end of a value that is checked at once; undefined where it is longer than that. */
  #skip(at: number, most: number): number | undefined {
    const end = valueEnd(this.#source, at, most);
    if (end !== undefined) parseAt(this.#source, at, end);
    return end;
  }
}

function parseAt(source: string, start: number, end: number): unknown {
  try {
    return JSON.parse(source.slice(start, end));
  } catch (cause) {
    throw new SyntaxError(`${(cause as Error).message}, from position ${start} on`, { cause });
  }
}

function unexpected(source: string, at: number): SyntaxError {
  const what = at < source.length ? `Unexpected ${JSON.stringify(source[at])}` : 'Unexpected end of the text';
  return new SyntaxError(`${what} at position ${at}`);
}

/** Where a value ends, if it is JSON; undefined where that is further than `most`. */
function valueEnd(source: string, start: number, most: number): number | undefined {
  const limit = Math.min(source.length, start + most);
  let depth = 0;
  for (let at = start; at < limit; at++) {
    const code = source.charCodeAt(at);
    if (code === QUOTE) {
      at = stringEnd(source, at) - 1;
    } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      depth += 1;
      continue;
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      depth -= 1;
    } else if (depth === 0) {
      while (at < source.length && !endsScalar(source.charCodeAt(at))) at++;
      return at;
    }
    if (depth <= 0) return at + 1;
  }
  return limit === source.length ? limit : undefined;
}

const QUOTE = 34;
const COMMA = 44;
const OPEN_ARRAY = 91;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

function endsScalar(code: number): boolean {
  return code === COMMA || code === CLOSE_ARRAY || code === CLOSE_OBJECT || isSpace(code);
}

function stringEnd(source: string, open: number): number {
  for (let at = open + 1; at < source.length; at++) {
    const code = source.charCodeAt(at);
    if (code === 92) at += 1;
    else if (code === QUOTE) return at + 1;
  }
  return source.length;
}

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}

function pastSpace(source: string, at: number): number {
  let next = at;
  while (isSpace(source.charCodeAt(next))) next++;
  return next;
}
