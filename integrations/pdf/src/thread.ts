import { MortiseError } from '@mortise/core';
import { Worker } from 'node:worker_threads';
import type { Questions, Replies, Reply } from './messages.ts';

export interface Bounds {
  /** Of a request, in milliseconds. */
  readonly timeoutMs: number;
  /** Of the thread's heap, in MiB. */
  readonly memoryMb: number;
}

/** Why a thread came to its end: it took too long, held too much, or broke. */
export type Loss = 'time' | 'memory' | 'crash';

/** A request that ended with its thread. */
export class ThreadLoss extends Error {
  readonly loss: Loss;

  constructor(loss: Loss, cause?: unknown) {
    super(cause instanceof Error ? cause.message : `The thread is at its end: ${loss}.`, { cause });
    this.loss = loss;
  }
}

/** A thread of its own, so that a page which spins or hoards holds up nothing and can be ended. One request at a time. */
export class PdfThread {
  readonly #worker: Worker;
  readonly #timeoutMs: number;
  #hasAnswered = false;
  /** Why it is of no more use. */
  #end: { readonly error: unknown } | undefined;
  #fail: ((error: unknown) => void) | undefined;

  constructor({ timeoutMs, memoryMb }: Bounds) {
    this.#timeoutMs = timeoutMs;
    const isSource = import.meta.url.endsWith('.ts');
    const url = new URL(isSource ? './worker.ts' : './worker.js', import.meta.url);
    this.#worker = new Worker(url, {
      name: 'mortise-pdf',
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
      // What pdf.js writes is read there, and not shown.
      stdout: true,
      stderr: true,
    });
    this.#worker.on('error', (error) => this.#lose(this.#lossOf(error)));
    this.#worker.on('exit', () => this.#lose(new ThreadLoss('crash')));
  }

  /** Whether it can be asked for more. */
  get isAlive(): boolean {
    return this.#end === undefined;
  }

  /**
   * Rejects with the reason of the signal, a `ThreadLoss`, or what pdf.js threw; only after the last of these can the
   * thread be asked again.
   */
  ask<K extends keyof Questions>(
    kind: K,
    question: Questions[K],
    signal: AbortSignal | undefined,
    /** Given away. */
    transfer: ArrayBuffer[] = [],
  ): Promise<Replies[K]> {
    return new Promise((resolve, reject) => {
      if (this.#end !== undefined) {
        reject(this.#end.error);
        return;
      }
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        this.#worker.off('message', onReply);
        this.#fail = undefined;
        act();
      };
      const onReply = (reply: Reply<K>): void => {
        this.#hasAnswered = true;
        settle(() => ('value' in reply ? resolve(reply.value) : reject(fromThread(reply.failure))));
      };
      const onAbort = (): void => this.#lose(signal?.reason);
      const timer = setTimeout(() => this.#lose(new ThreadLoss('time')), this.#timeoutMs);
      this.#fail = (error) => settle(() => reject(error));
      this.#worker.on('message', onReply);
      signal?.addEventListener('abort', onAbort);
      this.#worker.postMessage({ kind, ...question }, transfer);
    });
  }

  /** While it is held, the process waits for it. */
  hold(): void {
    this.#worker.ref();
  }

  letGo(): void {
    this.#worker.unref();
  }

  async end(): Promise<void> {
    this.#lose(new ThreadLoss('crash'));
    await this.#worker.terminate();
  }

  #lose(error: unknown): void {
    if (this.#end !== undefined) return;
    this.#end = { error };
    this.#fail?.(error);
    void this.#worker.terminate();
  }

  #lossOf(error: unknown): Error {
    if ((error as { code?: unknown }).code === 'ERR_WORKER_OUT_OF_MEMORY')
      return new ThreadLoss('memory', error);
    return this.#hasAnswered ? new ThreadLoss('crash', error) : startError(error);
  }
}

/** As pdf.js threw it, within the bounds of a message. */
function fromThread({ name, message }: { readonly name: string; readonly message: string }): Error {
  return Object.assign(new Error(message), { name });
}

function startError(cause: unknown): MortiseError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const message =
    `The thread that reads PDF files could not be started: ${why}. ` +
    `Where the application is bundled, leave @mortise/pdf and pdfjs-dist out of the bundle.`;
  return new MortiseError('missing-dependency', message, { cause });
}
