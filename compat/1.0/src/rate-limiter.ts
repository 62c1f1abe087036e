import type { Lease, LeaseOutcome, RateLimiter } from '@mortise/core/call';

/** So many requests at a time, the others in the order in which they came; it counts what they used. */
export class FrozenLimiter implements RateLimiter {
  /** Tokens of all requests that are over. */
  tokens = 0;
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(concurrency: number) {
    this.#free = concurrency;
  }

  async acquire({ signal }: Parameters<RateLimiter['acquire']>[0]): Promise<Lease> {
    signal?.throwIfAborted();
    if (this.#free > 0) this.#free--;
    else await this.#turn(signal);
    let isOver = false;
    return {
      release: ({ tokens = 0 }: LeaseOutcome = {}) => {
        if (isOver) return;
        isOver = true;
        this.tokens += tokens;
        this.#next();
      },
    };
  }

  /** Resolves when a place is handed over, which is then not free in between. */
  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(enter);
        reject(signal?.reason);
      };
      const enter = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.add(enter);
    });
  }

  #next(): void {
    const [enter] = this.#waiting;
    if (enter === undefined) this.#free++;
    else {
      this.#waiting.delete(enter);
      enter();
    }
  }
}
