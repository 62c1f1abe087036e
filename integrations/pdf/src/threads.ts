import { PdfThread, type ThreadSettings } from './thread.ts';

/** Starting a thread takes a tenth of a second, so one is kept for the next file, for a while. */
const KEPT_MS = 2_000;

/** Threads of one format: as many as there are files being read, and one more that waits. */
export class PdfThreads {
  readonly #settings: ThreadSettings;
  #idle: PdfThread | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(settings: ThreadSettings) {
    this.#settings = settings;
  }

  take(): PdfThread {
    const idle = this.#idle;
    this.#idle = undefined;
    clearTimeout(this.#timer);
    if (idle?.isAlive !== true) return new PdfThread(this.#settings);
    idle.hold();
    return idle;
  }

  /** A thread with an open file, or past a bound, is not one to keep. */
  async giveBack(thread: PdfThread): Promise<void> {
    if (!thread.isAlive || this.#idle !== undefined) return thread.end();
    this.#idle = thread;
    thread.letGo();
    this.#timer = setTimeout(() => {
      this.#idle = undefined;
      void thread.end();
    }, KEPT_MS);
    this.#timer.unref();
  }
}
