/** One server-sent event. `event` is `message` unless the server named it. */
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
  // Strips a byte order mark by itself, and keeps split characters until they are whole.
  readonly #decoder = new TextDecoder();
  /** Pieces of the line that has not ended yet. */
  #line: string[] = [];
  /** The last chunk ended in CR: an LF at the start of the next one belongs to it. */
  #afterCarriageReturn = false;
  #event = '';
  #data: string | undefined;

  /** The events that these bytes complete. */
  push(bytes: Uint8Array): SseEvent[] {
    return this.#feed(this.#decoder.decode(bytes, { stream: true }));
  }

  /**
   * The event that the end of the stream left unfinished, if it had data. The standard drops it; some servers leave
   * out the last blank line, so the caller may try it, and must not trust it.
   */
  end(): SseEvent | undefined {
    const events = this.#feed(`${this.#decoder.decode()}\n\n`);
    return events[0];
  }

  #feed(chunk: string): SseEvent[] {
    const events: SseEvent[] = [];
    let text = chunk;
    if (text === '') return events;
    if (this.#afterCarriageReturn && text.startsWith('\n')) text = text.slice(1);
    this.#afterCarriageReturn = false;
    if (text.includes('\r')) {
      this.#afterCarriageReturn = text.endsWith('\r');
      text = text.replace(/\r\n?/g, '\n');
    }
    let from = 0;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', from)) {
      let line = text.slice(from, at);
      if (this.#line.length > 0) {
        line = this.#line.join('') + line;
        this.#line = [];
      }
      this.#take(line, events);
      from = at + 1;
    }
    if (from < text.length) this.#line.push(from === 0 ? text : text.slice(from));
    return events;
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
