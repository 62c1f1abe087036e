import { isMortiseError, leftError, MortiseError, withErrorFields } from '../errors.ts';
import { reading } from '../shared/options.ts';
import type { EmbeddedText, EmbeddingInput, EmbeddingResult } from './contract.ts';

type Texts = AsyncIterable<EmbeddingInput> | Iterable<EmbeddingInput>;
type Next = IteratorResult<EmbeddedText, undefined>;
/** What a run takes its texts from. */
export type TextSource = Iterator<EmbeddingInput> | AsyncIterator<EmbeddingInput>;

const END: Next = { done: true, value: undefined };

/** Where the texts of a run stop and its vectors go: what tells a list from a stream. */
export interface EmbeddingSink {
  /** How many texts may be taken from the source now. */
  room(taken: number): number;
  place(index: number, input: EmbeddingInput, vector: Float32Array, cached?: boolean): void;
  /** Vectors were placed. */
  placed?(): void;
  /** Somebody waits for a vector, and has all that came before it. Absent: always. */
  starved?(): boolean;
}

/** `byCaller`: `error` is the reason of the caller's signal. */
export interface RunFailure {
  readonly error: unknown;
  readonly byCaller: boolean;
}

/** What an {@link EmbeddingStream} is made of: takes texts from a source and places their vectors, in any order. */
export interface StreamRun {
  /** How many texts may have been taken and not handed out. */
  readonly readAhead: number;
  /** The caller has aborted, be it after the last request. */
  readonly abortedByCaller: RunFailure | undefined;
  /** Settles when nothing runs any more, with how it failed, if it did: what has arrived is still in the sink. */
  run(source: TextSource, sink: EmbeddingSink): Promise<RunFailure | undefined>;
  /** Something changed that the run may be waiting for. */
  notify(): void;
  /** The stream handed a text out: there is room, and the text need not be remembered. */
  handedOut(input: EmbeddingInput): void;
  /** Everything of the result but the vectors. */
  summary(): Omit<EmbeddingResult, 'embeddings'>;
}

/**
 * The stream that `embedStream` gives: in input order, read once, a bounded number of texts ahead, left at once.
 * Written by hand: the iterator of an async generator could not be left while a request hangs.
 */
export class EmbeddingStream implements AsyncIterable<EmbeddedText> {
  readonly #texts: Texts;
  readonly #controller = new AbortController();
  readonly #run: StreamRun;
  /** Finished and not handed out, by index. */
  readonly #ready = new Map<number, EmbeddedText>();
  readonly #waiting: { resolve(next: Next): void; reject(error: unknown): void }[] = [];
  #handedOut = 0;
  #read = false;
  #started = false;
  /** The run is over; with its failure, if it had one. */
  #outcome: { readonly failure: RunFailure | undefined } | undefined;
  /** Nothing more is handed out. */
  #closed = false;

  /** `open` throws for options that make no sense: here, before the stream is read. Its signal says that it was left. */
  constructor(texts: Texts, open: (left: AbortSignal) => StreamRun) {
    this.#texts = texts;
    this.#run = open(this.#controller.signal);
  }

  [Symbol.asyncIterator](): AsyncIterator<EmbeddedText, undefined> {
    if (this.#read) {
      const message = 'An embedding stream is read once. Call embedStream again.';
      throw new MortiseError('invalid-request', message);
    }
    this.#read = true;
    return { next: () => this.#next(), return: () => this.#leave() };
  }

  async #next(): Promise<Next> {
    if (this.#closed) return END;
    this.#start();
    if (this.#waiting.length === 0) {
      const ready = this.#take();
      if (ready !== undefined) return { done: false, value: ready };
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#serve();
      if (this.#waiting.length > 0) this.#run.notify();
    });
  }

  #start(): void {
    if (this.#started) return;
    this.#started = true;
    const texts = this.#texts;
    const source = reading('texts', () =>
      Symbol.asyncIterator in texts ? texts[Symbol.asyncIterator]() : texts[Symbol.iterator](),
    );
    const { readAhead } = this.#run;
    const sink = {
      room: (taken: number) => readAhead - (taken - this.#handedOut),
      place: (index: number, input: EmbeddingInput, embedding: Float32Array, cached = false) =>
        void this.#ready.set(index, { index, input, embedding, cached }),
      placed: () => this.#serve(),
      starved: () => this.#waiting.length > 0,
    };
    void this.#run.run(source, sink).then((failure) => {
      this.#outcome = { failure };
      this.#serve();
    });
  }

  /** Hands out what is next in order; a failure comes after everything finished before it. */
  #serve(): void {
    while (this.#waiting.length > 0) {
      const ready = this.#take();
      if (ready !== undefined) this.#waiting.shift()?.resolve({ done: false, value: ready });
      else if (this.#outcome === undefined) return;
      else {
        const waiter = this.#waiting.shift();
        const failure = this.#outcome.failure ?? this.#unfinished();
        if (failure !== undefined) waiter?.reject(this.#withPartial(failure));
        else waiter?.resolve(END);
        this.#close();
      }
    }
  }

  /** What is next in order, if it is there. After the caller's abort nothing is. */
  #take(): EmbeddedText | undefined {
    const ready = this.#ready.get(this.#handedOut);
    if (ready === undefined || this.#run.abortedByCaller !== undefined) return undefined;
    this.#ready.delete(this.#handedOut++);
    this.#run.handedOut(ready.input);
    return ready;
  }

  /** Everything was embedded, and then the caller aborted before it had taken everything. */
  #unfinished(): RunFailure | undefined {
    return this.#ready.size > 0 ? this.#run.abortedByCaller : undefined;
  }

  #withPartial({ error, byCaller }: RunFailure): unknown {
    if (byCaller || !isMortiseError(error)) return error;
    const embeddings: Float32Array[] = [];
    for (const { index, embedding } of this.#ready.values()) embeddings[index] = embedding;
    return withErrorFields(error, { partial: { embeddings, ...this.#run.summary() } });
  }

  #leave(): Promise<Next> {
    if (!this.#closed) {
      this.#close();
      this.#controller.abort(leftError());
    }
    return Promise.resolve(END);
  }

  #close(): void {
    this.#closed = true;
    this.#ready.clear();
    for (const waiter of this.#waiting.splice(0)) waiter.resolve(END);
  }
}
