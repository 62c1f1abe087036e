/** What one request takes. Absent is unbounded. */
export interface BatchLimits {
  readonly maxSize: number;
  readonly maxTokens?: number | undefined;
  readonly maxBytes?: number | undefined;
}

/** What one text adds to a batch. */
export interface BatchCost {
  readonly tokens: number;
  readonly bytes: number;
}

/**
 * Collects items into the fullest batches that keep the order and stay within the limits. An item that is above a
 * limit by itself makes a batch of its own.
 */
export class Batcher<T extends BatchCost> {
  readonly #limits: BatchLimits;
  #items: T[] = [];
  #tokens = 0;
  #bytes = 0;

  constructor(limits: BatchLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#items.length;
  }

  /** Whether no further item fits, whatever its cost. */
  get full(): boolean {
    return this.#items.length >= this.#limits.maxSize;
  }

  /** Whether `item` may join the batch as it stands. An empty batch takes anything. */
  fits({ tokens, bytes }: BatchCost): boolean {
    const { maxSize, maxTokens = Infinity, maxBytes = Infinity } = this.#limits;
    if (this.#items.length === 0) return true;
    if (this.#items.length >= maxSize) return false;
    return this.#tokens + tokens <= maxTokens && this.#bytes + bytes <= maxBytes;
  }

  add(item: T): void {
    this.#items.push(item);
    this.#tokens += item.tokens;
    this.#bytes += item.bytes;
  }

  /** The batch so far; the next one begins. */
  take(): { readonly items: T[]; readonly tokens: number } {
    const taken = { items: this.#items, tokens: this.#tokens };
    [this.#items, this.#tokens, this.#bytes] = [[], 0, 0];
    return taken;
  }
}

/** Bytes of a string as UTF-8, without encoding it. A lone surrogate counts as its replacement, three bytes. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else bytes += 2;
    // A pair is four bytes for two units: two are counted with the units, two just now.
    if (unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(i + 1))) i++;
  }
  return bytes;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
