/**
 * Any number of readers at once, or one writer, in the order in which they came: work that gives the event loop its turns
 * is then whole for everybody else. What need not wait begins before `read` or `write` returns.
 */
export class SharedLock {
  #readers = 0;
  #isWriting = false;
  readonly #waiting: { readonly isWriter: boolean; begin(): void }[] = [];

  /** An abort while it waits rejects with the signal's reason; afterwards the signal is the work's to look at. */
  read<T>(work: () => Promise<T> | T, signal?: AbortSignal): Promise<T> {
    return this.#run(false, work, signal);
  }

  write<T>(work: () => Promise<T> | T, signal?: AbortSignal): Promise<T> {
    return this.#run(true, work, signal);
  }

  async #run<T>(isWriter: boolean, work: () => Promise<T> | T, signal: AbortSignal | undefined): Promise<T> {
    if (this.#waiting.length === 0 && this.#hasRoom(isWriter)) this.#take(isWriter);
    else await this.#wait(isWriter, signal);
    try {
      return await work();
    } finally {
      if (isWriter) this.#isWriting = false;
      else this.#readers -= 1;
      this.#next();
    }
  }

  #wait(isWriter: boolean, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(entry), 1);
        reject(signal?.reason);
        this.#next();
      };
      const entry = {
        isWriter,
        begin: (): void => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      this.#waiting.push(entry);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Takes it for those that wait before they hear of it, so that nobody comes in between. */
  #next(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (!this.#hasRoom(first.isWriter)) return;
      this.#waiting.shift();
      this.#take(first.isWriter);
      first.begin();
    }
  }

  #hasRoom(isWriter: boolean): boolean {
    return !this.#isWriting && (!isWriter || this.#readers === 0);
  }

  #take(isWriter: boolean): void {
    if (isWriter) this.#isWriting = true;
    else this.#readers += 1;
  }
}
