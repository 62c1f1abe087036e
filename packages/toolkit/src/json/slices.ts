import { runAtOnce, runInSlices, timeSlices } from '@mortise/core/call';

/** Characters that every parser reads within some 20 ms, at once: most replies, without a turn of the event loop. */
export const AT_ONCE = 131_072;
const PIECE = 32_768;

/** Gives a text to `push`, a long one piece by piece, so that others have their turn; then what `end` gives. */
export function readInSlices<T>(
  text: string,
  push: (piece: string) => void,
  end: () => T,
  signal?: AbortSignal,
): T | Promise<T> {
  if (text.length <= AT_ONCE) {
    push(text);
    return end();
  }
  return pushed(text, push, end, signal);
}

async function pushed<T>(
  text: string,
  push: (piece: string) => void,
  end: () => T,
  signal: AbortSignal | undefined,
): Promise<T> {
  const slices = timeSlices(signal);
  for (let at = 0; at < text.length; at += PIECE) {
    push(text.slice(at, at + PIECE));
    const turn = slices.turn();
    if (turn !== undefined) await turn;
  }
  return end();
}

/** Runs the steps of reading a text: at once, or of a long one in slices. */
export function stepsInSlices<T>(
  text: string,
  steps: Generator<unknown, T>,
  signal?: AbortSignal,
): T | Promise<T> {
  return text.length <= AT_ONCE ? runAtOnce(steps) : runInSlices(steps, timeSlices(signal));
}
