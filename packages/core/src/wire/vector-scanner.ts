/** What is used of Node's `Buffer`, where there is one. */
export interface NodeBuffers {
  from(bytes: ArrayBuffer, offset?: number, length?: number): NodeBytes;
}

interface NodeBytes {
  write(text: string, at: number, encoding: 'base64' | 'latin1'): number;
  indexOf(text: string, from: number, encoding: 'latin1'): number;
  toString(encoding: 'latin1', from: number, to: number): string;
}

/** Shorter strings are as quick to read as JSON. */
const SHORTEST = 64;
/**
 * Bytes that are looked at in one piece: enough for the engine to keep their text outside of its heap, where it would
 * fill the young generation (V8 does so above 1,031,913).
 */
const PIECE = 1_310_720; // 1.25 * 1024 * 1024
/** What is enough for the reply to one text. */
const FIRST_PIECE = 65_536;
/** A string of more digits is no vector, and stays as it is: those of 1.5 million floats. */
const LONGEST = 8_388_608; // 8 * 1024 * 1024
/** A header may promise anything. */
const MOST_EXPECTED = 67_108_864; // 64 * 1024 * 1024
/** A buffer with less than this share of it unused is kept as it is: making it exact is a copy. */
const SLACK = 0.0625;

/**
 * Takes the base64 of vectors out of a JSON text while its bytes come in: each is decoded into one buffer for all of
 * them, and a mark stands in its place. What was decoded is let go: a reply of 17 MB is never held whole.
 */
export class VectorScanner {
  readonly #Buffer: NodeBuffers;
  /** `"embedding"`, as it stands in the text. */
  readonly #name: string;
  readonly #mark: string;
  readonly #expected: number;
  /** What is left of earlier pieces: so that what is no vector is held once, and not copied with each larger piece. */
  readonly #left: Uint8Array[] = [];
  /** What is left of the text up to `#scanned`, and what has not been looked at from there to `#filled`. */
  #piece: Uint8Array<ArrayBuffer>;
  #scanned = 0;
  #filled = 0;
  /** Up to where no end was found of the string that is the last thing in the piece. */
  #unended: number | undefined;
  #vectors = new ArrayBuffer(0);
  /** The same memory. */
  #target: NodeBytes | undefined;
  #used = 0;
  readonly #lengths: number[] = [];

  /** `bytes` is how many will come, where that is known: a guess that is wrong costs time only. */
  constructor(Buffer: NodeBuffers, member: string, mark: string, bytes: number | undefined) {
    this.#Buffer = Buffer;
    this.#name = JSON.stringify(member);
    this.#mark = mark;
    this.#expected = Math.min(MOST_EXPECTED, bytes ?? 0);
    // In equal pieces, and an eighth more for what is not a vector and stays: a small one at the end would be on the heap.
    const pieces = Math.max(1, Math.floor(this.#expected / PIECE));
    this.#piece = new Uint8Array(Math.max(FIRST_PIECE, Math.ceil((this.#expected / pieces) * 1.125)));
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      if (this.#filled === this.#piece.length) this.#makeRoom();
      const part = bytes.subarray(at, at + this.#piece.length - this.#filled);
      this.#piece.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
    }
  }

  /** The text with `mark` and a number in the place of each vector. */
  end(): { readonly rest: string; readonly vectors: Float32Array[] } {
    this.#scan(true);
    const decoder = new TextDecoder();
    let rest = '';
    for (const bytes of this.#left) rest += decoder.decode(bytes, { stream: true });
    rest += decoder.decode(this.#piece.subarray(0, this.#scanned));
    this.#discard();
    const spare = this.#vectors.byteLength - this.#used;
    if (spare > this.#used * SLACK) this.#vectors = this.#vectors.transfer(this.#used);
    let at = 0;
    const vectors = this.#lengths.map((length) => {
      const vector = new Float32Array(this.#vectors, at, length);
      at += length * 4;
      return vector;
    });
    return { rest, vectors };
  }

  /** Gives the piece back now and not when it is collected: those of many replies would pile up. */
  #discard(): void {
    this.#piece.buffer.transfer(0);
  }

  #makeRoom(): void {
    const { length } = this.#piece;
    if (length >= PIECE && !this.#goesOn()) {
      this.#scan(false);
      if (this.#filled > length / 2) this.#putAside();
      // Else one string is longer than half of the piece.
      if (this.#filled <= length / 2) return;
    }
    const larger = new Uint8Array(length < PIECE ? Math.min(PIECE, length * 4) : length * 2);
    larger.set(this.#piece);
    this.#discard();
    this.#piece = larger;
  }

  /** Whether the last string has neither ended nor become too long: a text of the whole piece would tell no more. */
  #goesOn(): boolean {
    if (this.#unended === undefined || this.#filled - this.#scanned > LONGEST) return false;
    const ends = this.#Buffer.from(this.#piece.buffer).indexOf('"', this.#unended, 'latin1');
    if (ends !== -1 && ends < this.#filled) return false;
    this.#unended = this.#filled;
    return true;
  }

  /** There is much besides vectors. All that was looked at but the last character, which may be a backslash. */
  #putAside(): void {
    const end = this.#scanned - 1;
    if (end <= 0) return;
    this.#left.push(this.#piece.slice(0, end));
    this.#piece.copyWithin(0, end, this.#filled);
    this.#scanned = 1;
    this.#filled -= end;
    if (this.#unended !== undefined) this.#unended = this.#filled;
  }

  /** Takes out every vector that is there whole, and moves together what is left. */
  #scan(last: boolean): void {
    this.#unended = undefined;
    const piece = this.#Buffer.from(this.#piece.buffer);
    const named = piece.indexOf(this.#name, this.#scanned, 'latin1');
    if (named === -1 || named >= this.#filled) {
      // No text is made of it. A name may stand half at the end.
      const rest = last ? 0 : this.#name.length - 1;
      this.#scanned = Math.max(this.#scanned, this.#filled - rest);
      return;
    }
    // With the character before, which may be a backslash.
    const base = Math.max(0, this.#scanned - 1);
    const text = piece.toString('latin1', base, this.#filled);
    const value = /\s*:\s*"/y;
    const cut = /[\s:]*$/y;
    let written = this.#scanned;
    let taken = this.#scanned - base;
    let search = taken;
    /** Where a name begins whose value may still come. */
    let open: number | undefined;
    for (;;) {
      const name = text.indexOf(this.#name, search);
      if (name === -1) break;
      search = value.lastIndex = cut.lastIndex = name + this.#name.length;
      // In JSON `"name"` is a string of its own wherever it stands, unless a backslash is before it: within a string a
      // quote is escaped. What is no JSON is found when the rest is parsed.
      if (text[name - 1] === '\\') continue;
      const valued = value.test(text);
      if (!valued && !cut.test(text)) continue;
      const from = value.lastIndex;
      const to = valued ? text.indexOf('"', from) : -1;
      if (to === -1) {
        if (text.length - name > LONGEST) continue;
        open = name;
        // Where it stands is known once all is moved together.
        if (valued) this.#unended = 0;
        break;
      }
      search = to;
      if (!this.#decode(text, from, to)) continue;
      this.#piece.copyWithin(written, base + taken, base + from);
      written += from - taken;
      written += piece.write(this.#mark + String(this.#lengths.length - 1), written, 'latin1');
      taken = to;
    }
    // A name may stand half at the end.
    const half = Math.max(search, text.length - this.#name.length + 1);
    const seen = last ? text.length : Math.max(taken, open ?? half);
    this.#piece.copyWithin(written, base + taken, this.#filled);
    this.#scanned = written + seen - taken;
    this.#filled = written + text.length - taken;
    if (this.#unended !== undefined) this.#unended = this.#filled;
  }

  /** False for what is not plainly base64 of whole floats: it stays as it is, for others to judge. */
  #decode(text: string, from: number, to: number): boolean {
    if (to - from < SHORTEST) return false;
    const bytes = decodedLength(text, from, to);
    if (bytes % 4 !== 0) return false;
    const needed = this.#used + bytes;
    if (needed > this.#vectors.byteLength) {
      // Three bytes for four digits, of all that will come or has come.
      const expected = Math.ceil((Math.max(this.#expected, this.#filled) * 3) / 4);
      this.#vectors = this.#vectors.transfer(Math.max(needed, expected, this.#vectors.byteLength * 2));
      this.#target = this.#Buffer.from(this.#vectors);
    }
    // What cannot be decoded comes out shorter.
    if (this.#target?.write(text.slice(from, to), this.#used, 'base64') !== bytes) return false;
    this.#used = needed;
    this.#lengths.push(bytes / 4);
    return true;
  }
}

function decodedLength(text: string, from: number, to: number): number {
  const padding = text.endsWith('==', to) ? 2 : text.endsWith('=', to) ? 1 : 0;
  return Math.floor(((to - padding - from) * 3) / 4);
}
