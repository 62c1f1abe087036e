/** Where an element of an array stands in a JSON text, in UTF-16 units. */
export interface JsonElement {
  readonly start: number;
  readonly end: number;
}

/** The elements of the array at a JSON pointer, in a text that is known to be JSON with an array there. */
export function elementsAt(source: string, pointer: string): JsonElement[] {
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  let at = pastSpace(source, 0);
  for (const key of keys) {
    // Of members with one name the last is what JSON.parse has.
    const found = source[at] === '{' ? membersOf(source, at).findLast(({ name }) => name === key) : undefined;
    at = found?.start ?? elementsOf(source, at)[Number(key)]?.start ?? source.length;
  }
  return elementsOf(source, at);
}

function elementsOf(source: string, open: number): JsonElement[] {
  const elements: JsonElement[] = [];
  let at = pastSpace(source, open + 1);
  while (at < source.length && source[at] !== ']') {
    const end = valueEnd(source, at);
    elements.push({ start: at, end });
    at = pastComma(source, end);
  }
  return elements;
}

function membersOf(source: string, open: number): (JsonElement & { readonly name: string })[] {
  const members: (JsonElement & { readonly name: string })[] = [];
  let at = pastSpace(source, open + 1);
  while (at < source.length && source[at] !== '}') {
    const nameEnd = valueEnd(source, at);
    const start = pastSpace(source, pastSpace(source, nameEnd) + 1);
    const end = valueEnd(source, start);
    members.push({ name: JSON.parse(source.slice(at, nameEnd)) as string, start, end });
    at = pastComma(source, end);
  }
  return members;
}

/** Where the value that begins there ends. */
function valueEnd(source: string, start: number): number {
  let depth = 0;
  for (let at = start; at < source.length; at++) {
    const character = source[at];
    if (character === '"') {
      at = stringEnd(source, at) - 1;
    } else if (character === '{' || character === '[') {
      depth += 1;
      continue;
    } else if (character === '}' || character === ']') {
      depth -= 1;
    } else if (depth === 0) {
      while (at < source.length && !ENDS_SCALAR.has(source.charAt(at))) at++;
      return at;
    }
    if (depth === 0) return at + 1;
  }
  return source.length;
}

const ENDS_SCALAR: ReadonlySet<string> = new Set([',', ']', '}', ' ', '\t', '\r', '\n']);

function stringEnd(source: string, open: number): number {
  for (let at = open + 1; at < source.length; at++) {
    if (source[at] === '\\') at += 1;
    else if (source[at] === '"') return at + 1;
  }
  return source.length;
}

function pastSpace(source: string, at: number): number {
  let next = at;
  while (next < source.length && source.charCodeAt(next) <= 32) next++;
  return next;
}

function pastComma(source: string, at: number): number {
  const next = pastSpace(source, at);
  return source[next] === ',' ? pastSpace(source, next + 1) : next;
}
