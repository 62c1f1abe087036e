import { isMortiseError } from '@mortise/core';
import type { LLM } from '@mortise/core/llm';
import { cutFrames } from '../lab/framing.ts';
import { closesEarly as closes } from '../shared/helpers.ts';
import type { WireHandler } from '../wire.ts';
import { TEXT } from './answers.ts';
import { respondFrames, type LLMCaseContext } from './lab.ts';

/** Everything up to the terminal event, and then nothing. */
export function stalled(context: LLMCaseContext): WireHandler {
  const frames = cutFrames(context.subject.dialect.frames(TEXT));
  return (_request, reply) => respondFrames(reply, frames, { end: 'stall' });
}

/** Milliseconds to the first text of a stream. An adapter that does not read the wire yet must not wait for the case's end. */
export const FIRST_TEXT_MS = 2_000;

/** Reads up to the first item that is `wanted`, by default the very first. Without one it fails. */
export async function readTo<T>(
  { check }: LLMCaseContext,
  iterator: AsyncIterator<T>,
  wanted: (item: T) => boolean = () => true,
): Promise<void> {
  const read = async (): Promise<boolean> => {
    for (;;) {
      const next = await iterator.next();
      if (next.done === true) return false;
      if (wanted(next.value)) return true;
    }
  };
  const found = await check.within(FIRST_TEXT_MS, read(), 'the first text of the stream');
  check.ok(found, 'the stream ended before its first text');
}

/** As `readTo`, and goes, as `for await` does at a `break`. */
export async function breakOff<T>(
  context: LLMCaseContext,
  source: AsyncIterable<T>,
  wanted?: (item: T) => boolean,
): Promise<void> {
  const iterator = source[Symbol.asyncIterator]();
  await readTo(context, iterator, wanted);
  await context.check.within(2_000, Promise.resolve(iterator.return?.()), 'break');
}

/** Reads one delta and goes; the provider may refuse. */
export async function leave(context: LLMCaseContext, llm: LLM, signal?: AbortSignal): Promise<void> {
  try {
    await breakOff(context, llm.streamChat('Hi', { signal }).textStream);
  } catch (error) {
    if (!isMortiseError(error)) throw error;
  }
}

/** The client closed the connection before the reply was over. */
export function closesEarly(
  { check }: LLMCaseContext,
  closed: Promise<boolean> | undefined,
  what: string,
): Promise<void> {
  return closes(check, closed, what);
}
