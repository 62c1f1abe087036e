import { linkedController, MAX_TIMER_MS, raceAbort } from '../call/timers.ts';
import type { SSEFormat, SSEOptions } from './contract.ts';

/** Keeps the connection; readers skip it. */
const COMMENT = ':\n\n';

/** The bytes of a stream's events, frame by frame. A timer runs only while somebody waits for a frame. */
export function frames(
  events: AsyncIterator<unknown>,
  { heartbeatMs = 15_000, signal }: SSEOptions,
  { event, end, error }: SSEFormat,
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

  const last = (text: string): string => {
    ended = true;
    // Of a stream that has ended it changes nothing to leave it.
    leave().catch(() => undefined);
    return text;
  };

  const nextFrame = async (): Promise<string> => {
    try {
      // Else an unread stream would be opened, to be left at once.
      left.signal.throwIfAborted();
      for (;;) {
        const next = await raceAbort(events.next(), left.signal);
        if (next.done === true) return last(end());
        const text = event(next.value);
        if (text !== '') return text;
      }
    } catch (thrown) {
      return last(error(thrown));
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
