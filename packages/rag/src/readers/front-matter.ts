import type { JsonObject, JsonValue } from '@mortise/core';

export interface FrontMatter {
  readonly metadata: JsonObject;
  /** Where the text after the front matter begins, in UTF-16 units. */
  readonly bodyStart: number;
}

/**
 * The YAML block between `---` lines at the top of a file. Read are `key: value` lines with strings, numbers, booleans,
 * null and flat lists, which is what front matter holds in practice; the lines of anything deeper are kept as one
 * string, as they stand. Undefined when there is no such block.
 */
export function readFrontMatter(text: string): FrontMatter | undefined {
  const block = /^---[ \t]*\r?\n([\s\S]*?)^---[ \t]*(?:\r?\n|$)/m.exec(text);
  if (block === null || block.index !== 0) return undefined;
  return { metadata: readEntries((block[1] as string).split(/\r?\n/)), bodyStart: block[0].length };
}

function readEntries(lines: readonly string[]): JsonObject {
  const metadata: JsonObject = {};
  let at = 0;
  while (at < lines.length) {
    const entry = /^([\w$][^:\n]*?)[ \t]*:(?:[ \t]+(.*))?$/.exec(lines[at++] as string);
    if (entry === null) continue;
    const nested: string[] = [];
    while (at < lines.length && /^(?:[ \t]|- |-$|$)/.test(lines[at] as string))
      nested.push(lines[at++] as string);
    const value = readValue((entry[2] ?? '').trim(), nested);
    Object.defineProperty(metadata, entry[1] as string, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return metadata;
}

function readValue(inline: string, nested: readonly string[]): JsonValue {
  const lines = nested.filter((line) => line.trim() !== '');
  if (lines.length === 0) return readInline(inline);
  const items = lines.map((line) => /^[ \t]*-[ \t]+([^:]+|["'].*)$/.exec(line)?.[1]);
  if (inline === '' && items.every((item) => item !== undefined))
    return items.map((item) => readScalar(item));
  return [inline, ...lines].join('\n').trim();
}

function readInline(text: string): JsonValue {
  const list = /^\[(.*)\]$/.exec(text)?.[1];
  if (list === undefined) return readScalar(text);
  const items = list.match(/"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s,][^,]*/g) ?? [];
  return items.map((item) => readScalar(item));
}

function readScalar(source: string): JsonValue {
  const text = source.trim();
  if (/^'.*'$/.test(text)) return text.slice(1, -1).replaceAll("''", "'");
  if (/^".*"$/.test(text)) return unquote(text);
  const plain = text.replace(/[ \t]+#.*$/, '');
  if (plain === '' || plain === '~' || plain === 'null') return null;
  if (plain === 'true' || plain === 'false') return plain === 'true';
  // 007 and 1.10 are not the numbers 7 and 1.1.
  return /^-?\d/.test(plain) && String(Number(plain)) === plain ? Number(plain) : plain;
}

function unquote(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    return text.slice(1, -1);
  }
}
