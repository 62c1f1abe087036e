/** Lines of one session, which its header says. */
interface Entry {
  readonly header: string;
  readonly line: string;
}

/** Lines to send, and where to go on from. */
export interface Batch {
  /** Whole lines, each session's begin with its header. Empty where nothing is new. */
  readonly text: string;
  readonly next: number;
}

/** The newest lines, in memory, for pages that read from anywhere on. Bounded: the oldest go. */
export class LineLog {
  readonly #maxBytes: number;
  #entries: Entry[] = [];
  /** The number of the first entry since the beginning. */
  #first = 0;
  #bytes = 0;
  readonly #waiting = new Set<() => void>();

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  append(header: string, line: string): void {
    this.#entries.push({ header, line });
    this.#bytes += line.length;
    if (this.#bytes > this.#maxBytes) this.#drop();
    for (const wake of [...this.#waiting]) wake();
  }

  /** From `from` on, about `maxUnits` at most. */
  read(from: number, maxUnits: number): Batch {
    let at = Math.max(from - this.#first, 0);
    let header = '';
    let text = '';
    for (; at < this.#entries.length && text.length < maxUnits; at++) {
      const entry = this.#entries[at] as Entry;
      if (entry.header !== header) text += `${(header = entry.header)}\n`;
      text += `${entry.line}\n`;
    }
    return { text, next: this.#first + at };
  }

  /** Resolves when there is something from `from` on, or `signal` aborts. */
  async more(from: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || from < this.#first + this.#entries.length) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => resolve();
    this.#waiting.add(wake);
    signal.addEventListener('abort', wake, { once: true });
    await promise;
    this.#waiting.delete(wake);
    signal.removeEventListener('abort', wake);
  }

  /** A quarter at once: one by one would move all the others each time. */
  #drop(): void {
    let count = 0;
    while (this.#bytes > this.#maxBytes * 0.75 && count < this.#entries.length)
      this.#bytes -= (this.#entries[count++] as Entry).line.length;
    this.#entries = this.#entries.slice(count);
    this.#first += count;
  }
}
