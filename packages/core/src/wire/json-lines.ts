import { LineDecoder } from './lines.ts';
import type { SseEvent } from './sse.ts';

/**
 * An incremental decoder of JSON Lines (`application/x-ndjson`, jsonlines.org): each line is an event of that `data`, unparsed.
 * Bytes may be split anywhere, and lines may end in LF or CRLF. Blank lines, which keep connections alive, are skipped.
 */
export class JsonLinesDecoder {
  /** Some line began an object: these are JSON lines, be it half of one. */
  recognised = false;
  readonly #lines = new LineDecoder();

  /** Bytes of the line that has not ended yet. */
  get pending(): number {
    return this.#lines.pending;
  }

  /** The lines that these bytes complete. */
  push(bytes: Uint8Array): SseEvent[] {
    return this.#events(this.#lines.push(bytes));
  }

  /** The last line, if no line end followed it: it may be whole or half, so the caller may try it, and must not trust it. */
  end(): SseEvent | undefined {
    return this.#events(this.#lines.end())[0];
  }

  #events(lines: readonly string[]): SseEvent[] {
    const events = lines
      .filter((line) => line.trim() !== '')
      .map((data): SseEvent => ({ event: 'message', data }));
    if (events.some(({ data }) => data.trimStart().startsWith('{'))) this.recognised = true;
    return events;
  }
}
