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
    this.#lines.push(bytes, (text, from, to) => this.#take(text, from, to, events));
    return events;
  }

  /**
   * The event that the end of the stream left unfinished, if it had data. The standard drops it; some servers leave
   * out the last blank line, so the caller may try it, and must not trust it.
   */
  end(): SseEvent | undefined {
    const events: SseEvent[] = [];
    this.#lines.end((text, from, to) => this.#take(text, from, to, events));
    this.#take('', 0, 0, events);
    return events[0];
  }

  /** The line that stands in `text` there. It is cut out only where its value is kept: most of a stream passes through here. */
  #take(text: string, from: number, to: number, events: SseEvent[]): void {
    if (from === to) {
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
    if (text.startsWith('data:', from)) this.#addData(text, from + 5, to);
    else if (text.startsWith('event:', from)) this.#event = valueOf(text, from + 6, to);
    else {
      const line = text.slice(from, to);
      if (line === 'data') this.#addData(line, to, to);
      else if (line === 'event') this.#event = '';
      else if (!/^(?::|(?:id|retry)(?::|$))/.test(line)) return;
    }
    this.#size += to - from + 1;
    this.recognised = true;
  }

  #addData(text: string, from: number, to: number): void {
    const value = valueOf(text, from, to);
    if (this.#data === undefined) this.#data = value;
    else this.#more.push(`\n${value}`);
  }
}

/** What follows the colon of a field; one space before it is not part of it. */
function valueOf(text: string, from: number, to: number): string {
  return from >= to ? '' : text.slice(text.charCodeAt(from) === SPACE ? from + 1 : from, to);
}

const SPACE = 0x20;

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
    const events: SseEvent[] = [];
    this.#lines.push(bytes, (text, from, to) => this.#take(text.slice(from, to), events));
    return events;
  }

  /** The last line, if no line end followed it: it may be whole or half, so the caller may try it, and must not trust it. */
  end(): SseEvent | undefined {
    const events: SseEvent[] = [];
    this.#lines.end((text, from, to) => this.#take(text.slice(from, to), events));
    return events[0];
  }

  #take(data: string, events: SseEvent[]): void {
    if (data.trim() === '') return;
    if (data.trimStart().startsWith('{')) this.recognised = true;
    events.push({ event: 'message', data });
  }
}

/**
 * Text that comes in pieces, however small they are. One by one they would take many times what they hold, as a list, a
 * rope, and as parts that keep the whole which they were cut from.
 */
class Pieces {
  #joined: string[] = [];
  #pieces: string[] = [];
  /** Characters. */
  length = 0;

  push(piece: string): void {
    this.length += piece.length;
    if (this.#pieces.push(piece) < 256) return;
    this.#joined.push(this.#pieces.join(''));
    this.#pieces = [];
  }

  /** All of it; nothing is left. */
  take(): string {
    const text = this.#joined.join('') + this.#pieces.join('');
    this.#joined = [];
    this.#pieces = [];
    this.length = 0;
    return text;
  }
}

/**
 * Splits bytes into lines: they may be cut anywhere, inside a UTF-8 character too, and lines may end in CR, LF or CRLF.
 * A byte order mark is left out. Linear in the bytes, also when they come one at a time.
 */
class LineDecoder {
  // Strips a byte order mark by itself, and keeps split characters until they are whole.
  readonly #decoder = new TextDecoder();
  /** The line that has not ended yet. */
  readonly #line = new Pieces();
  /** The last chunk ended in CR: an LF at the start of the next one belongs to it. */
  #afterCarriageReturn = false;
  #pending = 0;

  /** Bytes of the line that has not ended yet. */
  get pending(): number {
    return this.#pending;
  }

  /** Gives `take` the lines that these bytes complete, without their ends: the text that each stands in, and where. */
  push(bytes: Uint8Array, take: TakeLine): void {
    let end = bytes.lastIndexOf(LINE_FEED);
    if (end === -1) end = bytes.lastIndexOf(CARRIAGE_RETURN);
    this.#pending = end === -1 ? this.#pending + bytes.length : bytes.length - end - 1;
    this.#feed(this.#decoder.decode(bytes, { stream: true }), take);
  }

  /** The line that no line end followed, if there is one. */
  end(take: TakeLine): void {
    this.#feed(this.#decoder.decode(), take);
    if (this.#line.length > 0) takeWhole(this.#line.take(), take);
  }

  #feed(chunk: string, take: TakeLine): void {
    let text = chunk;
    if (text === '') return;
    if (this.#afterCarriageReturn && text.startsWith('\n')) text = text.slice(1);
    this.#afterCarriageReturn = false;
    if (text.includes('\r')) {
      this.#afterCarriageReturn = text.endsWith('\r');
      text = text.replace(/\r\n?/g, '\n');
    }
    let from = 0;
    let at = text.indexOf('\n');
    if (at !== -1 && this.#line.length > 0) {
      takeWhole(this.#line.take() + text.slice(0, at), take);
      from = at + 1;
      at = text.indexOf('\n', from);
    }
    for (; at !== -1; at = text.indexOf('\n', from)) {
      take(text, from, at);
      from = at + 1;
    }
    if (from < text.length) this.#line.push(from === 0 ? text : text.slice(from));
  }
}

/** A line without its end: `text` from `from` to before `to`. */
type TakeLine = (text: string, from: number, to: number) => void;

function takeWhole(line: string, take: TakeLine): void {
  take(line, 0, line.length);
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Takes bytes, cut anywhere, and gives the events that they complete: `SseDecoder` and its like. */
export interface EventDecoder {
  /** Something of this format was seen, be it half an event. */
  readonly recognised: boolean;
  /** Bytes of the event that has not ended yet. */
  readonly pending: number;
  push(bytes: Uint8Array): SseEvent[];
  /** What the end of the bytes left unfinished, if it may be an event all the same. */
  end(): SseEvent | undefined;
}

/** A framing of a wire's own, such as AWS's in binary, with its names for errors. */
export interface OwnFormat {
  readonly decoder: new () => EventDecoder;
  /** Such as `a binary event stream`. */
  readonly stream: string;
  /** Such as `a frame`. */
  readonly one: string;
}

/** How a stream of events is written. */
export interface StreamFormat {
  /** Server-sent events, or lines of JSON (`application/x-ndjson`), each the `data` of an event. Default: `event-stream`. */
  readonly format?: 'event-stream' | 'json-lines' | OwnFormat | undefined;
}

export const FORMATS: Readonly<Record<'event-stream' | 'json-lines', OwnFormat>> = {
  'event-stream': { decoder: SseDecoder, stream: 'an event stream', one: 'a server-sent event' },
  'json-lines': { decoder: JsonLinesDecoder, stream: 'lines of JSON', one: 'a line of JSON' },
};
