import { errorText, isMortiseError, MortiseError } from '@mortise/core';
import { Worker } from 'node:worker_threads';
import { MEMORY, type Questions, type Replies, type Reply, type ThreadData } from './messages.ts';

export interface Bounds {
  /** Of a request, in milliseconds. */
  readonly timeoutMs: number;
  /** Of the thread's heap, in MiB. */
  readonly memoryMb: number;
}

export interface ThreadSettings extends Bounds {
  readonly box: ThreadData['box'];
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

/** On a machine that is busy with other things. */
const START_MS = 60_000;

interface AskOptions {
  /** Given away. */
  readonly transfer?: ArrayBuffer[];
  /** Default: that of the bounds. */
  readonly timeoutMs?: number;
}

/** A thread of its own, so that a page which spins or hoards holds up nothing and can be ended. One request at a time. */
export class PdfThread {
  readonly #worker: Worker;
  readonly #timeoutMs: number;
  #hasAnswered = false;
  /** Why it is of no more use. */
  #end: { readonly error: unknown } | undefined;
  #fail: ((error: unknown) => void) | undefined;

  constructor({ timeoutMs, memoryMb, box }: ThreadSettings) {
    this.#timeoutMs = timeoutMs;
    const isSource = import.meta.url.endsWith('.ts');
    const url = new URL(isSource ? './pdf-worker.ts' : './pdf-worker.js', import.meta.url);
    // While one array grows, there are two.
    const workerData: ThreadData = { mostBytes: (memoryMb / 2) * 2 ** 20, box };
    try {
      this.#worker = new Worker(url, {
        workerData,
        name: 'mortise-pdf',
        resourceLimits: { maxOldGenerationSizeMb: memoryMb },
        // What pdf.js writes is read there, and not shown.
        stdout: true,
        stderr: true,
      });
    } catch (cause) {
      throw startError(cause);
    }
    this.#worker.on('error', (error) => this.#lose(this.#lossOf(error)));
    this.#worker.on('exit', () => this.#lose(new ThreadLoss('crash')));
  }

  /** Whether it can be asked for more. */
  get isAlive(): boolean {
    return this.#end === undefined;
  }

  /** Makes it ready; that has a bound of its own. Rejects with the reason of the signal, or a `MortiseError`. */
  async start(signal: AbortSignal | undefined): Promise<void> {
    if (this.#hasAnswered) return;
    await this.ask('load', {}, signal, { timeoutMs: START_MS }).catch((cause: unknown) => {
      throw isMortiseError(cause) || cause === signal?.reason ? cause : startError(cause);
    });
  }

  /**
   * Rejects with the reason of the signal, a `ThreadLoss`, or what pdf.js threw; only after the last of these can the
   * thread be asked again.
   */
  ask<K extends keyof Questions>(
    kind: K,
    question: Questions[K],
    signal: AbortSignal | undefined,
    { transfer = [], timeoutMs = this.#timeoutMs }: AskOptions = {},
  ): Promise<Replies[K]> {
    return new Promise((resolve, reject) => {
      if (this.#end !== undefined) {
        reject(this.#end.error);
        return;
      }
      if (signal?.aborted === true) {
        reject(signal.reason);
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
      const timer = setTimeout(() => this.#lose(new ThreadLoss('time')), timeoutMs);
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
  return name === MEMORY ? new ThreadLoss('memory') : Object.assign(new Error(message), { name });
}

function startError(cause: unknown): MortiseError {
  const why = errorText(cause);
  const message =
    `The thread that reads PDF files could not be started: ${why}. ` +
    `Where the application is bundled, leave @mortise/pdf and pdfjs-dist out of the bundle.`;
  return new MortiseError('configuration', message, { cause });
}
