import { MAX_TIMER_MS } from '../call/timers.ts';
import type { SSEFormat, SSEOptions } from './contract.ts';

/** Keeps the connection; readers skip it. */
const COMMENT = ':\n\n';

/** The bytes of a stream's events, frame by frame, none before it is asked for. A timer runs only while somebody waits for a frame. */
export function frames(
  stream: AsyncIterable<unknown>,
  { heartbeatMs = 15_000, signal }: SSEOptions,
  { event, end, error }: SSEFormat,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const events = stream[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  let waiting: Promise<string> | undefined;
  let beat: ReturnType<typeof setTimeout> | undefined;
  let ended = false;

  /** Ends the wait for an event. */
  let interrupt: ((reason: unknown) => void) | undefined;

  const leave = async (): Promise<void> => {
    clearTimeout(beat);
    signal?.removeEventListener('abort', onAbort);
    await events.return?.();
  };

  const last = (text: string): string => {
    ended = true;
    // Of a stream that has ended it changes nothing to leave it.
    leave().catch(() => undefined);
    return text;
  };

  const onAbort = (): void => {
    interrupt?.(signal?.reason);
    leave().catch(() => undefined);
  };

  const nextFrame = async (): Promise<string> => {
    try {
      for (;;) {
        // Else an unread stream would be opened, to be left at once.
        signal?.throwIfAborted();
        const interrupted = new Promise<never>((_resolve, reject) => (interrupt = reject));
        const next = await Promise.race([interrupted, events.next()]);
        if (next.done === true) return last(end());
        const text = event(next.value);
        if (text !== '') return text;
      }
    } catch (thrown) {
      return last(error(thrown));
    }
  };

  signal?.addEventListener('abort', onAbort);
  return new ReadableStream(
    {
      async pull(controller) {
        waiting ??= nextFrame();
        const silence = new Promise<string>((resolve) => {
          if (heartbeatMs > 0) beat = setTimeout(resolve, Math.min(heartbeatMs, MAX_TIMER_MS), COMMENT);
        });
        const text = await Promise.race([waiting, silence]);
        clearTimeout(beat);
        controller.enqueue(encoder.encode(text));
        if (text === COMMENT) return;
        waiting = undefined;
        if (ended) controller.close();
      },
      cancel: leave,
    },
    { highWaterMark: 0 },
  );
}
