/**
 * Text that comes in pieces, however small they are. One by one they would take many times what they hold, as a list, a
 * rope, and as parts that keep the whole which they were cut from.
 */
export class Pieces {
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
export class LineDecoder {
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

  /** The lines that these bytes complete, without their ends. */
  push(bytes: Uint8Array): string[] {
    let end = bytes.lastIndexOf(LINE_FEED);
    if (end === -1) end = bytes.lastIndexOf(CARRIAGE_RETURN);
    this.#pending = end === -1 ? this.#pending + bytes.length : bytes.length - end - 1;
    return this.#feed(this.#decoder.decode(bytes, { stream: true }));
  }

  /** The line that no line end followed, if there is one. */
  end(): string[] {
    const lines = this.#feed(this.#decoder.decode());
    if (this.#line.length > 0) lines.push(this.#line.take());
    return lines;
  }

  #feed(chunk: string): string[] {
    const lines: string[] = [];
    let text = chunk;
    if (text === '') return lines;
    if (this.#afterCarriageReturn && text.startsWith('\n')) text = text.slice(1);
    this.#afterCarriageReturn = false;
    if (text.includes('\r')) {
      this.#afterCarriageReturn = text.endsWith('\r');
      text = text.replace(/\r\n?/g, '\n');
    }
    let from = 0;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', from)) {
      const line = text.slice(from, at);
      lines.push(this.#line.length > 0 ? this.#line.take() + line : line);
      from = at + 1;
    }
    if (from < text.length) this.#line.push(from === 0 ? text : text.slice(from));
    return lines;
  }
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
