import { linkedController, MAX_TIMER_MS, raceAbort } from '../call/timers.ts';
import { isMortiseError } from '../errors.ts';
import type { SSEOptions } from './contract.ts';
import { shown } from './show.ts';

/** Keeps the connection; readers skip it. */
const COMMENT = ':\n\n';

/** The bytes of a stream's events, frame by frame. A timer runs only while somebody waits for a frame. */
export function frames(
  events: AsyncIterator<unknown>,
  { show = {}, heartbeatMs = 15_000, signal }: SSEOptions,
): AsyncIterator<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  const left = linkedController(signal);
  let waiting: Promise<string> | undefined;
  let beat: ReturnType<typeof setTimeout> | undefined;
  let ended = false;

  const leave = async (): Promise<void> => {
    clearTimeout(beat);
    left.unlink();
    await events.return?.();
  };

  const last = (event: string, data: object): string => {
    ended = true;
    // Of a stream that has ended it changes nothing to leave it.
    leave().catch(() => undefined);
    return `event: ${event}\n${frame(data)}`;
  };

  const nextFrame = async (): Promise<string> => {
    try {
      // Else an unread stream would be opened, to be left at once.
      left.signal.throwIfAborted();
      for (;;) {
        const next = await raceAbort(events.next(), left.signal);
        if (next.done === true) return last('end', {});
        const event = shown(next.value, show);
        if (event !== undefined) return frame(event);
      }
    } catch (thrown) {
      return last('error', failure(thrown, show.errors));
    }
  };

  left.signal.addEventListener('abort', () => void leave().catch(() => undefined));
  return {
    async next() {
      if (ended) return { done: true, value: undefined };
      waiting ??= nextFrame();
      const silence = new Promise<string>((resolve) => {
        if (heartbeatMs > 0) beat = setTimeout(resolve, Math.min(heartbeatMs, MAX_TIMER_MS), COMMENT);
      });
      const text = await Promise.race([waiting, silence]);
      clearTimeout(beat);
      if (text !== COMMENT) waiting = undefined;
      return { done: false, value: encoder.encode(text) };
    },
    async return() {
      await leave();
      return { done: true, value: undefined };
    },
  };
}

/** JSON has no line ends outside of its escapes, so that one line holds any text. */
function frame(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** What may be shown of an error: never a cause, and a message only where it is asked for. */
function failure(thrown: unknown, withMessage = false): object {
  const ours = isMortiseError(thrown);
  const { name } = Object(thrown) as { name?: unknown };
  const code = ours
    ? thrown.code
    : name === 'AbortError'
      ? 'aborted'
      : name === 'TimeoutError'
        ? 'timeout'
        : 'internal';
  const message = ours && withMessage ? thrown.message : `The stream failed: ${code}.`;
  return { code, message, retryable: ours && thrown.retryable };
}
