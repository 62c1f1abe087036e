import { readableStream } from '../call/single-reader.ts';
import { checkOptions } from '../shared/options.ts';
import type { SSEFormat, SSEOptions, WebStream } from './contract.ts';
import { frames } from './frames.ts';
import { showError, showEvent } from './show.ts';

/**
 * The events of any stream as server-sent events (WHATWG HTML, 9.2): one JSON value for each, then `event: end`; or
 * `event: error` with `code`, `message` and `retryable`, for a failure before the first event too. Pulled: nothing is read
 * from the model before the client reads. `cancel()` leaves the stream, and closes the model's connection.
 */
export function toSSE(
  stream: AsyncIterable<unknown>,
  given: SSEOptions = {},
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const options = checkOptions(given);
  const { show = {} } = options;
  return frames(stream, options, {
    event(event) {
      const data = showEvent(event, show);
      return data === undefined ? '' : frame(data);
    },
    end: () => 'event: end\ndata: {}\n\n',
    error: (thrown) => `event: error\n${frame(showError(thrown, show))}`,
  });
}

/** JSON has no line ends outside of its escapes, so that one line holds any text. */
function frame(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** The same in another protocol than ours, for bridges: with its back-pressure, comments and cancellation. */
export function encodeSSE(
  stream: AsyncIterable<unknown>,
  options: SSEOptions,
  format: SSEFormat,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return frames(stream, checkOptions(options), format);
}

/** {@link toSSE} as a response that no cache keeps and no proxy collects. Its status is 200, whatever comes. */
export function toResponse(stream: AsyncIterable<unknown>, options?: SSEOptions): Response {
  return new Response(toSSE(stream, options), {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    },
  });
}

/** What every stream has for the web, made of its reader. */
export function webStream<E>(reader: () => AsyncIterator<E>): WebStream<E> {
  const stream = { [Symbol.asyncIterator]: reader };
  return {
    toReadableStream: () => readableStream(reader()),
    toSSE: (options) => toSSE(stream, options),
    toResponse: (options) => toResponse(stream, options),
  };
}
