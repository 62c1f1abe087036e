import { isParserError, type OutputParser } from '@mortise/core/parser';
import type { JsonRepair } from '@mortise/toolkit/json';
import { describe, expect, it } from 'vitest';
import { parserOf, replies, type Reply } from './corpus-parsers.ts';

/** Whole, by the character, and in pieces of lengths that meet escapes, pairs and fences at different places. */
const CHUNKS = [Infinity, 1, 2, 3, 5, 7, 17];

async function* chunks(text: string, length: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += length) yield text.slice(at, at + length);
}

interface Outcome {
  value?: unknown;
  error?: unknown;
}

const outcome = (promise: Promise<unknown>): Promise<Outcome> =>
  promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );

async function streamed(parser: OutputParser<any, any>, text: string, length: number): Promise<unknown> {
  const kept: { value: unknown; was: string }[] = [];
  for await (const value of parser.stream!(chunks(text, length))) kept.push({ value, was: written(value) });
  for (const { value, was } of kept) expect(written(value)).toBe(was);
  return kept.at(-1)?.value;
}

/** Dates as ISO 8601, and `__proto__` as the member that it is, which `toEqual` would not see. */
function written(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

async function check(reply: Reply, parser: OutputParser<any, any>): Promise<void> {
  const whole = await outcome(parser.parse(reply.text));
  if (reply.error === undefined) {
    if (whole.error !== undefined) throw whole.error;
    expect(written(whole.value)).toBe(written(reply.expect));
  } else {
    if (whole.error === undefined) expect.fail(`it did not fail but gave ${written(whole.value)}`);
    expect(isParserError(whole.error)).toBe(true);
    expect(whole.error).toMatchObject({ ...reply.error, text: reply.text, expected: expect.any(String) });
  }
  for (const length of CHUNKS) {
    const inPieces = await outcome(streamed(parser, reply.text, length));
    expect(written(inPieces.value)).toBe(written(whole.value));
    expect((inPieces.error as Error | undefined)?.message).toBe((whole.error as Error | undefined)?.message);
  }
}

describe('the corpus', () => {
  it('names a thread for each reply, each reply once, and holds what it claims', () => {
    expect(new Set(replies.map(({ id }) => id)).size).toBe(replies.length);
    for (const { id, source, form, text } of replies) {
      expect(`${id} ${source}`).toMatch(/^[\w-]+ [\w.-]+\/[\w.-]+#\d+$/);
      expect(form.length, id).toBeGreaterThan(2);
      expect(typeof text, id).toBe('string');
    }
    expect(replies.length).toBeGreaterThanOrEqual(200);
    expect(new Set(replies.map(({ source }) => source)).size).toBeGreaterThanOrEqual(200);
  });

  it.each(replies)('P-01, P-03: $id: $form', async (reply) => {
    const repairs: JsonRepair[][] = [];
    await check(
      reply,
      parserOf(reply, (made) => void repairs.push([...made])),
    );
    if (reply.repairs === undefined) return;
    // Once for parse and once for each stream, always the same.
    expect(repairs).toHaveLength(reply.repairs.length === 0 ? 0 : 1 + CHUNKS.length);
    for (const made of repairs) {
      expect([...new Set(made.map(({ kind }) => kind))].sort()).toEqual(reply.repairs);
      for (const { position } of made) expect(position).toBeLessThanOrEqual(reply.text.length);
    }
  });

  const found = replies.filter(({ parser, error }) => parser === 'json' && error === undefined);
  it.each(found)('P-04: $id: read with tolerance it is the same, with nothing mended', async (reply) => {
    const parser = parserOf({ ...reply, parser: 'json-tolerant' }, (repairs) =>
      expect.fail(`it mended ${written(repairs)}`),
    );
    await check(reply, parser);
  });
});
