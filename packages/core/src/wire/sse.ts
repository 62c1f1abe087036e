import { LineDecoder } from './lines.ts';

/** One event of a stream. `event` is `message` unless the server named it, which JSON lines cannot. */
export interface SseEvent {
  readonly event: string;
  readonly data: string;
}

/**
 * An incremental decoder of `text/event-stream` (WHATWG HTML, 9.2.6): bytes may be split anywhere, inside a UTF-8
 * character too, lines may end in CR, LF or CRLF, and the same events come out. Comments and unknown fields are
 * skipped. Linear in the bytes, also when they come one at a time.
 */
export class SseDecoder {
  /** Some line was a comment or a field of the standard: this is an event stream, be it an empty one. */
  recognised = false;
  readonly #lines = new LineDecoder();
  #event = '';
  #data: string | undefined;

  /** Bytes, or more, of the event that has not ended yet. */
  get pending(): number {
    return this.#lines.pending + (this.#data?.length ?? 0);
  }

  /** The events that these bytes complete. */
  push(bytes: Uint8Array): SseEvent[] {
    const events: SseEvent[] = [];
    for (const line of this.#lines.push(bytes)) this.#take(line, events);
    return events;
  }

  /**
   * The event that the end of the stream left unfinished, if it had data. The standard drops it; some servers leave
   * out the last blank line, so the caller may try it, and must not trust it.
   */
  end(): SseEvent | undefined {
    const events: SseEvent[] = [];
    for (const line of [...this.#lines.end(), '']) this.#take(line, events);
    return events[0];
  }

  #take(line: string, events: SseEvent[]): void {
    if (line === '') {
      if (this.#data !== undefined)
        events.push({ event: this.#event === '' ? 'message' : this.#event, data: this.#data });
      this.#event = '';
      this.#data = undefined;
      return;
    }
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value =
      colon === -1 ? '' : line.slice(line.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1);
    if (field === 'data') this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
    else if (field === 'event') this.#event = value;
    else if (field !== '' && field !== 'id' && field !== 'retry') return;
    this.recognised = true;
  }
}

const SPACE = 0x20;
