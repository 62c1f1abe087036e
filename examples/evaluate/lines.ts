import { open } from 'node:fs/promises';
import { EvaluateError } from './failure.ts';

/** A line of JSON, and where it stands. */
export interface Line {
  readonly value: Readonly<Record<string, unknown>>;
  /** File and line, for a message. */
  readonly place: string;
}

/** Lines that are not blank. One at a time: a corpus can be larger than the longest string there is. */
export async function* lines(
  file: string,
): AsyncGenerator<{ readonly text: string; readonly place: string }> {
  const handle = await open(file).catch((cause: unknown) => {
    throw new EvaluateError(`${file} cannot be read`, 'A collection needs it.', { cause });
  });
  try {
    let number = 0;
    for await (const line of handle.readLines({ encoding: 'utf8' })) {
      number += 1;
      const text = number === 1 ? line.replace(/^\uFEFF/, '') : line;
      if (text.trim() !== '') yield { text, place: `${file}:${number}` };
    }
  } finally {
    await handle.close();
  }
}

/** One object a line. */
export async function* jsonLines(file: string): AsyncGenerator<Line> {
  for await (const { text, place } of lines(file)) {
    const value = parsed(text);
    if (value === undefined)
      throw new EvaluateError(`${place} is no JSON object`, 'Write one object a line.');
    yield { value, place };
  }
}

/** The id under `key`; some collections number theirs. */
export function idIn({ value, place }: Line, key: string): string {
  const id = value[key];
  if (typeof id === 'number') return String(id);
  if (typeof id === 'string' && id !== '') return id;
  throw new EvaluateError(`${place} has no "${key}"`, 'It is a string.');
}

/** The text under `key`; empty where there is none. */
export function textIn({ value, place }: Line, key: string): string {
  const text = value[key] ?? '';
  if (typeof text === 'string') return text.trim();
  throw new EvaluateError(`${place}: "${key}" is no text`, 'Write a string.');
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
