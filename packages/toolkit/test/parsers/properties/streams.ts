import type { OutputParser } from '@mortise/core/parser';
import fc from 'fast-check';
import { expect } from 'vitest';

export const places = fc.array(fc.nat(), { maxLength: 12 });

/** `text` cut at any places, inside surrogate pairs and escapes too. */
export function cut(text: string, at: readonly number[]): string[] {
  const ends = [...new Set(at.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  return [...ends, text.length].map((end, index) => text.slice(ends[index - 1] ?? 0, end));
}

async function* chunks(texts: readonly string[]): AsyncGenerator<string> {
  yield* texts;
}

export const outcome = (promise: Promise<unknown>): Promise<{ value?: unknown; error?: Error }> =>
  promise.then(
    (value) => ({ value }),
    (error: Error) => ({ error }),
  );

/** The last value of a stream; each of them must still be what it was when all is over, that is, also after a failure. */
export async function last(parser: OutputParser<any, any>, texts: readonly string[]): Promise<unknown> {
  const kept: { value: unknown; was: string }[] = [];
  try {
    for await (const value of parser.stream!(chunks(texts))) kept.push({ value, was: JSON.stringify(value) });
  } finally {
    for (const { value, was } of kept) expect(JSON.stringify(value)).toBe(was);
  }
  return kept.at(-1)?.value;
}
