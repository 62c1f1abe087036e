import { isMortiseError } from '@mortise/core';
import { openError } from './failures.ts';
import type { Opened, PageText } from './messages.ts';
import { ThreadLoss, type Bounds, type PdfThread } from './thread.ts';
import type { PdfThreads } from './threads.ts';

export interface SessionOptions extends Bounds {
  readonly path: string;
  /** Lent: each thread gets a copy. */
  readonly bytes: Uint8Array;
  readonly password: string | undefined;
  readonly threads: PdfThreads;
  readonly signal: AbortSignal | undefined;
}

/** A file that is read by a thread, and by another one after a page that was the end of the first. */
export class PdfSession {
  readonly #options: SessionOptions;
  #thread: PdfThread | undefined;
  #isOpen = false;
  #isRootless = false;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  get bounds(): Bounds {
    return this.#options;
  }

  /** Throws a `MortiseError` that says why the file cannot be opened, or the reason of the signal. */
  async open(): Promise<Opened> {
    const { path, password, signal } = this.#options;
    try {
      if (this.#isRootless) return await this.#openAs(true);
      return await this.#openAs(false).catch(async (cause: unknown) => {
        if ((cause as { name?: unknown }).name !== 'InvalidPDFException') throw cause;
        const opened = await this.#openAs(true).catch((error: unknown) => {
          throw error instanceof ThreadLoss ? error : cause;
        });
        this.#isRootless = true;
        return opened;
      });
    } catch (cause) {
      signal?.throwIfAborted();
      throw isMortiseError(cause) ? cause : openError(path, password, this.#options, cause);
    }
  }

  async #openAs(isRootless: boolean): Promise<Opened> {
    const { bytes, password, threads, signal } = this.#options;
    if (this.#thread?.isAlive === false) await this.#drop();
    const thread = (this.#thread ??= threads.take());
    await thread.start(signal);
    const copy = new Uint8Array(bytes);
    const question = { bytes: copy, password, isRootless };
    const opened = await thread.ask('open', question, signal, { transfer: [copy.buffer] });
    this.#isOpen = true;
    return opened;
  }

  /** Throws a `ThreadLoss`, what pdf.js threw, or the reason of the signal. */
  async read(page: number): Promise<PageText> {
    if (!this.#isOpen) await this.open();
    const thread = this.#thread as PdfThread;
    try {
      return await thread.ask('page', { page }, this.#options.signal);
    } catch (cause) {
      if (cause instanceof ThreadLoss) await this.#drop();
      throw cause;
    }
  }

  async close(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    if (thread === undefined) return;
    // It is being ended; a signal's reason does not wait for that.
    if (!thread.isAlive) return;
    // Whatever goes wrong here costs only the thread.
    const isClosed = await thread.ask('close', {}, undefined).then(
      () => true,
      () => false,
    );
    await (isClosed ? this.#options.threads.giveBack(thread) : thread.end());
  }

  async #drop(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    this.#isOpen = false;
    await thread?.end();
  }
}
