import { typed } from '../call/call.ts';
import { raceAbort, throwIfAborted } from '../call/timers.ts';
import { leftError } from '../errors.ts';
import { emitPoint, endWhenForgotten, startSpan, type Span } from '../events/span.ts';
import { heard } from '../shared/heard.ts';
import { checkOptions } from '../shared/options.ts';
import { readError } from './errors.ts';
import type { Document } from '../nodes/contract.ts';
import type { ReadCall, Reader, ReadFailure, ReadItem, ReadOptions, ReadProgress } from './contract.ts';

/**
 * Everything a reader does besides reading: one item at a time, failures that do not stop the rest, documents that
 * name their item, `skip`, progress, abort and its span. An author implements `doList` and `doRead`.
 *
 * ```ts
 * class FeedReader extends BaseReader {
 *   async doList({ signal }: ReadCall) {
 *     return (await listEntries(signal)).map(({ url, updated }) => ({ id: url, version: updated }));
 *   }
 *   async doRead({ id }: ReadItem, { signal }: ReadCall) {
 *     return createDocument({ id, text: await load(id, signal), metadata: { url: id } });
 *   }
 * }
 * ```
 */
export abstract class BaseReader<I extends ReadItem = ReadItem> implements Reader {
  /**
   * What there is to read, in the same order every time; a list where it is short, so that progress has a total. What
   * it throws ends the reading: there is nothing to read from.
   */
  abstract doList(call: ReadCall): AsyncIterable<I> | Iterable<I> | Promise<AsyncIterable<I> | Iterable<I>>;

  /**
   * The document of an item, or its documents one by one. Throw when it cannot be read: that is reported, and the next
   * item comes. Honour `call.signal`.
   */
  abstract doRead(item: I, call: ReadCall): Promise<Document> | AsyncIterable<Document> | Iterable<Document>;

  read(given: ReadOptions = {}): AsyncGenerator<Document> {
    const documents: AsyncGenerator<Document> = this.#read(given, (span) =>
      endWhenForgotten(documents, span),
    );
    return documents;
  }

  async *#read(given: ReadOptions, begun: (span: Span) => void): AsyncGenerator<Document> {
    const options = checkOptions(given);
    throwIfAborted(options.signal);
    const span = startSpan('ingest.read', { parent: options.parent });
    begun(span);
    let end: () => void = () => span.fail(leftError('The reader was left before its end.'));
    let documents = 0;
    try {
      const tally = { done: 0, failed: 0 };
      for await (const document of this.#all(options, span, tally)) {
        documents += 1;
        yield document;
      }
      end = () => span.end({ documents, failed: tally.failed });
    } catch (thrown) {
      const error = typed(thrown, options.signal);
      end = () => span.fail(error);
      throw error;
    } finally {
      end();
    }
  }

  async *#all(
    options: ReadOptions,
    span: Span,
    tally: { done: number; failed: number },
  ): AsyncGenerator<Document> {
    const { signal, onProgress } = options;
    const call = { signal, parent: span.id, report: reporter(options, span) };
    const listing = span.run(() => this.doList(call));
    const items = listing instanceof Promise ? await settled(listing, signal) : listing;
    const total = Array.isArray(items) ? { total: items.length } : {};
    for await (const item of inContext(items, span, signal)) {
      const shown: ReadItem = {
        id: item.id,
        ...(item.version === undefined ? {} : { version: item.version }),
      };
      if (item.contentHash !== undefined) shown.contentHash = (asked) => item.contentHash!(asked);
      const outcome = yield* this.#item(item, shown, options, span);
      tally.done += 1;
      if (outcome === 'failed' || outcome === 'partial') tally.failed += 1;
      const version = shown.version === undefined ? {} : { version: shown.version };
      const progress = { ...tally, ...total, item: shown.id, ...version, outcome } as const;
      // Awaited, since an async callback's rejection would be nobody's.
      await (async () => onProgress?.(progress))();
    }
  }

  async *#item(
    item: I,
    shown: ReadItem,
    options: ReadOptions,
    span: Span,
  ): AsyncGenerator<Document, NonNullable<ReadProgress['outcome']>> {
    const { signal, skip } = options;
    if ((await skip?.(shown)) === true) return 'skipped';
    let problems = 0;
    const tell = reporter(options, span);
    const report = ({ item: named, part = named, error }: ReadFailure): void => {
      problems += 1;
      // Whatever an author calls it: documents and failures of one item have one name (I-04).
      tell({ item: shown.id, ...(part === shown.id ? {} : { part }), error });
    };
    try {
      const reading = span.run(() => this.doRead(item, { signal, parent: span.id, report }));
      if (reading instanceof Promise) yield { ...(await settled(reading, signal)), item: shown.id };
      else for await (const one of inContext(reading, span, signal)) yield { ...one, item: shown.id };
    } catch (error) {
      throwIfAborted(signal);
      tell({ item: shown.id, error: readError(shown.id, error) });
      return 'failed';
    }
    return problems > 0 ? 'partial' : 'read';
  }
}

function reporter({ onError }: ReadOptions, span: Span): (failure: ReadFailure) => void {
  return (failure) => {
    const { item, error } = failure;
    emitPoint('warning', { type: 'unreadable', item, message: error.message }, span);
    heard(onError?.(failure));
  };
}

/** Each step runs within the span, and an abort settles it at once, however long the source takes to notice. */
async function* inContext<T>(
  source: AsyncIterable<T> | Iterable<T>,
  span: Span,
  signal: AbortSignal | undefined,
): AsyncGenerator<T> {
  const iterator =
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  let isOver = false;
  try {
    for (;;) {
      const step = await settled(Promise.resolve(span.run(() => iterator.next())), signal);
      isOver = step.done === true;
      if (step.done === true) return;
      yield step.value;
      throwIfAborted(signal);
    }
  } catch (error) {
    isOver ||= signal?.aborted !== true;
    throw error;
  } finally {
    if (!isOver) {
      const closing = Promise.resolve(iterator.return?.());
      // After an abort it may hang in what it was doing.
      if (signal?.aborted === true) closing.catch(() => undefined);
      else await closing;
    }
  }
}

async function settled<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  try {
    return await (signal === undefined ? promise : raceAbort(promise, signal));
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  }
}
