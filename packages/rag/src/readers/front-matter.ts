import type { JsonObject, JsonValue } from '@mortise/core';
import { readFlow, readScalar } from './yaml-values.ts';

export interface FrontMatter {
  readonly metadata: JsonObject;
  /** Where the text after the front matter begins, in UTF-16 units. */
  readonly bodyStart: number;
}

/** What is longer is text that begins with a thematic break. In UTF-16 units. */
const LONGEST = 65_536;

/**
 * The YAML block at the top of a file: between a line `---` and a line `---` or `...`, of `key: value` lines and what is
 * indented below them. Read are strings, numbers, booleans, null, block scalars and flat lists, which is what front matter
 * holds in practice; the lines of anything deeper are kept as one string, as they stand.
 *
 * Undefined where there is no such block: a thematic break and text, which a line that is not YAML shows, or, as Pandoc has
 * it, a blank line after the first one. Nothing is taken off a text that is not understood.
 */
export function readFrontMatter(text: string): FrontMatter | undefined {
  const lines: string[] = [];
  for (let start = 0; start < text.length && start <= LONGEST;) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    const line = text.slice(start, text[end - 1] === '\r' ? end - 1 : end);
    const isFirst = start === 0;
    start = Math.min(end + 1, text.length);
    const mark = line.trimEnd();
    if (isFirst) {
      if (mark !== '---') return undefined;
    } else if (mark === '---' || mark === '...') {
      const metadata = readEntries(lines);
      return metadata === undefined ? undefined : { metadata, bodyStart: start };
    } else {
      if (lines.length === 0 && mark === '') return undefined;
      lines.push(line);
    }
  }
  return undefined;
}

/** Undefined: not every line is of an entry. */
function readEntries(lines: readonly string[]): JsonObject | undefined {
  const metadata: JsonObject = {};
  let entries = 0;
  for (let at = 0; at < lines.length;) {
    const line = lines[at++] as string;
    if (line.trim() === '' || line.startsWith('#')) continue;
    const entry = readEntry(line);
    if (entry === undefined) return undefined;
    const nested: string[] = [];
    while (at < lines.length && isNested(lines[at] as string)) nested.push(lines[at++] as string);
    const value = readValue(entry.value, nested);
    // Assigning `__proto__` would set the prototype.
    Object.defineProperty(metadata, entry.key, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
    entries += 1;
  }
  // A line `#` alone is a heading.
  return entries === 0 && lines.length > 0 ? undefined : metadata;
}

/** Indented, an item of a list, the end of a list or an object over several lines, or blank. */
function isNested(line: string): boolean {
  return line === '-' || /^(?:[ \t]|- |[\]}]|$)/.test(line);
}

const LONGEST_KEY = 128;

function readEntry(line: string): { key: string; value: string } | undefined {
  const quoted = /^(?:"([^"\\]{1,128})"|'([^']{1,128})')[ \t]{0,8}(?=:)/.exec(line);
  const colon = quoted === null ? keyEnd(line) : quoted[0].length;
  if (colon === undefined || !isKeyEnd(line, colon)) return undefined;
  const key = quoted?.[1] ?? quoted?.[2] ?? line.slice(0, colon).trimEnd();
  if (quoted === null && (!/^[\p{L}\p{N}_$@]/u.test(key) || /[.!?,;] /.test(key))) return undefined;
  return { key, value: line.slice(colon + 1).trim() };
}

/** The first colon that ends a key. */
function keyEnd(line: string): number | undefined {
  for (let at = line.indexOf(':'); at !== -1 && at <= LONGEST_KEY; at = line.indexOf(':', at + 1))
    if (isKeyEnd(line, at)) return at;
  return undefined;
}

function isKeyEnd(line: string, at: number): boolean {
  const next = line[at + 1];
  return line[at] === ':' && (next === undefined || next === ' ' || next === '\t');
}

function readValue(inline: string, nested: readonly string[]): JsonValue {
  const lines = nested.filter((line) => line.trim() !== '');
  if (/^[|>][+-]?(?:[ \t]+#.*)?$/.test(inline)) return blockScalar(inline, nested);
  if (lines.length === 0) return readFlow(inline) ?? readScalar(inline);
  const items = inline === '' ? lines.map(listItem) : [undefined];
  if (items.every((item) => item !== undefined)) return items.map((item) => readScalar(item));
  const joined = inline.startsWith('[')
    ? readFlow([inline, ...lines].map((line) => line.trim()).join(' '))
    : undefined;
  return joined ?? [inline, ...lines].join('\n').trim();
}

/** Of `- item`, where it is not an object. */
function listItem(line: string): string | undefined {
  const entry = line.trim();
  if (!/^-[ \t]/.test(entry)) return undefined;
  const item = entry.slice(1).trim();
  return item !== '' && (!item.includes(':') || /^["']/.test(item)) ? item : undefined;
}

/** `|` keeps line ends, `>` makes spaces of them; `+` keeps the empty lines at the end, which we do not. */
function blockScalar(inline: string, nested: readonly string[]): string {
  const first = nested.find((line) => line.trim() !== '') ?? '';
  const indent = first.length - first.trimStart().length;
  const lines = nested.map((line) =>
    line.slice(0, indent).trim() === '' ? line.slice(indent) : line.trimStart(),
  );
  if (inline.startsWith('|')) return lines.join('\n').trimEnd();
  const paragraphs: string[][] = [[]];
  for (const line of lines) {
    if (line.trim() === '') paragraphs.push([]);
    else paragraphs.at(-1)?.push(line);
  }
  return paragraphs
    .map((paragraph) => paragraph.join(' '))
    .join('\n')
    .trimEnd();
}
