import { LineDecoder, Pieces } from './lines.ts';

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
  /** Its lines behind the first. */
  readonly #more = new Pieces();
  #size = 0;

  /** Characters of the event that has not ended yet, the names of its fields included, and bytes of its last line. */
  get pending(): number {
    return this.#lines.pending + this.#size;
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
        events.push({
          event: this.#event === '' ? 'message' : this.#event,
          data: this.#more.length > 0 ? this.#data + this.#more.take() : this.#data,
        });
      this.#event = '';
      this.#data = undefined;
      this.#size = 0;
      return;
    }
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value =
      colon === -1 ? '' : line.slice(line.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1);
    if (field === 'data') {
      if (this.#data === undefined) this.#data = value;
      else this.#more.push(`\n${value}`);
    } else if (field === 'event') this.#event = value;
    else if (field !== '' && field !== 'id' && field !== 'retry') return;
    this.#size += line.length + 1;
    this.recognised = true;
  }
}

const SPACE = 0x20;
