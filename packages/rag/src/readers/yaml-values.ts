import type { JsonValue } from '@mortise/core';

/** `[a, "b, c"]`; undefined for anything but a list of scalars on one line. */
export function readFlow(text: string): JsonValue[] | undefined {
  if (!text.startsWith('[') || !text.endsWith(']') || text.length < 2) return undefined;
  const inner = text.slice(1, -1);
  const items: JsonValue[] = [];
  for (let at = 0; at < inner.length;) {
    const end = itemEnd(inner, at);
    const item = inner.slice(at, end).trim();
    if (item !== '') items.push(readScalar(item));
    at = end + 1;
  }
  return items;
}

/** The comma after an item, or the end: a comma in quotes is of the item, and so is all that follows quotes that do not end. */
function itemEnd(text: string, start: number): number {
  let at = start;
  while (text[at] === ' ' || text[at] === '\t') at++;
  const quote = text[at];
  if (quote === '"' || quote === "'") {
    let close = text.indexOf(quote, at + 1);
    while (close !== -1 && (quote === '"' ? isEscaped(text, close) : text[close + 1] === quote))
      close = text.indexOf(quote, close + (quote === '"' ? 1 : 2));
    if (close === -1) return text.length;
    at = close;
  }
  const comma = text.indexOf(',', at);
  return comma === -1 ? text.length : comma;
}

/** Whether an odd number of backslashes stands before. */
function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text[first - 1] === '\\') first--;
  return (at - first) % 2 === 1;
}

/** A value on one line. */
export function readScalar(source: string): JsonValue {
  const text = source.trim();
  const quoted = readQuoted(text);
  if (quoted !== undefined) return quoted;
  const plain = withoutComment(text);
  if (plain === '' || plain === '~' || plain === 'null') return null;
  if (plain === 'true' || plain === 'false') return plain === 'true';
  // 007 and 1.10 are not the numbers 7 and 1.1.
  return /^-?\d/.test(plain) && String(Number(plain)) === plain
    ? Number(plain)
    : (readQuoted(plain) ?? plain);
}

function readQuoted(text: string): string | undefined {
  if (text.length < 2 || text[0] !== text.at(-1)) return undefined;
  if (text[0] === "'") return text.slice(1, -1).replaceAll("''", "'");
  return text[0] === '"' ? unquote(text) : undefined;
}

/** A `#` begins a comment where it comes first, or after white space. */
function withoutComment(text: string): string {
  for (let at = text.indexOf('#'); at !== -1; at = text.indexOf('#', at + 1))
    if (at === 0 || text[at - 1] === ' ' || text[at - 1] === '\t') return text.slice(0, at).trimEnd();
  return text;
}

function unquote(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    return text.slice(1, -1);
  }
}
