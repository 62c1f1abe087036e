import type { ReaderItem, ReaderSubject } from '@mortise/conformance';
import { isMortiseError } from '@mortise/core';
import type { ReadCall, ReadFailure, ReadItem, ReadOptions } from '@mortise/core/reader';
import { createDocument, type Document } from '@mortise/core/retriever';
import { openReader, ReferenceReader } from '../reference/reader.ts';

export interface ReaderMutant extends ReaderSubject {
  readonly fault: string;
  readonly caughtBy: string;
}

type Reader = new (items: readonly ReaderItem[] | undefined) => ReferenceReader;

function mutant(fault: string, caughtBy: string, Faulty: Reader): ReaderMutant {
  return {
    fault,
    caughtBy,
    open: (items) => openReader(new Faulty(items)),
    missing: () => openReader(new Faulty(undefined)),
  };
}

/** The documents are as they should be, and then something is done to them. */
const mutating = (mutate: (document: Document, at: number) => Document) =>
  class extends ReferenceReader {
    #read = 0;
    override async *doRead(item: ReadItem, call: ReadCall): AsyncGenerator<Document> {
      for await (const document of super.doRead(item, call)) yield mutate(document, this.#read++);
    }
  };

/** As `spoiling`, after core has done its part. */
const handedOut = (mutate: (document: Document) => Document) =>
  class extends ReferenceReader {
    override async *read(options: ReadOptions = {}): AsyncGenerator<Document> {
      for await (const document of super.read(options)) yield mutate(document);
    }
  };

/** Failures have other names than documents. */
const renaming = (rename: (item: string, reader: ReferenceReader) => string) =>
  class extends ReferenceReader {
    override read({ onError, ...options }: ReadOptions = {}): AsyncGenerator<Document> {
      const renamed = (failure: ReadFailure): void =>
        onError?.({ ...failure, item: rename(failure.item, this) });
      return super.read({ ...options, onError: renamed });
    }
  };

/** The options do not reach what reads. */
const deafTo = (...names: (keyof ReadOptions)[]) =>
  class extends ReferenceReader {
    override read(options: ReadOptions = {}): AsyncGenerator<Document> {
      const heard = Object.entries(options).filter(([name]) => !names.includes(name as keyof ReadOptions));
      return super.read(Object.fromEntries(heard));
    }
  };

const shared = createDocument({ id: 'shared', text: '', metadata: {} });

/** Each has been a bug of some reader. */
export const readerMutants: readonly ReaderMutant[] = [
  mutant(
    'items come in the order of the file system',
    'read.all',
    class extends ReferenceReader {
      override doList(call: ReadCall): ReadItem[] {
        return super.doList(call).toReversed();
      }
    },
  ),
  mutant(
    'nothing says where a document comes from',
    'read.origin',
    mutating((document) => ({ ...document, metadata: {} })),
  ),
  mutant(
    'ids are random',
    'read.ids',
    mutating((document) => ({ ...document, id: crypto.randomUUID() })),
  ),
  mutant(
    'ids are numbers of the reading',
    'read.ids',
    mutating((document, at) => ({ ...document, id: String(at % 4) })),
  ),
  mutant(
    'an empty place is an error',
    'read.nothing',
    class extends ReferenceReader {
      override doList(call: ReadCall): ReadItem[] {
        const items = super.doList(call);
        return items.length === 0 ? [{ id: 'none.note' }] : items;
      }
    },
  ),
  mutant(
    'everything is read at once',
    'read.lazy',
    class extends ReferenceReader {
      override async *read(options: ReadOptions = {}): AsyncGenerator<Document> {
        const documents: Document[] = [];
        for await (const document of super.read(options)) documents.push(document);
        yield* documents;
      }
    },
  ),
  mutant(
    'a reading that was left goes on in the next one',
    'read.again',
    class extends ReferenceReader {
      #at = 0;
      override doList(call: ReadCall): ReadItem[] {
        return super.doList(call).slice(this.#at);
      }
      override async *doRead(item: ReadItem, call: ReadCall): AsyncGenerator<Document> {
        this.#at += 1;
        yield* super.doRead(item, call);
      }
    },
  ),
  mutant(
    'an item is done before anybody has its document',
    'read.progress',
    class extends ReferenceReader {
      override async *read({ onProgress, ...options }: ReadOptions = {}): AsyncGenerator<Document> {
        let done = 0;
        for await (const document of super.read(options)) {
          onProgress?.({ done: ++done, failed: 0, item: document.id, outcome: 'read' });
          yield document;
        }
      }
    },
  ),
  mutant(
    'a broken item is an empty document',
    'read.failure',
    class extends ReferenceReader {
      override async *doRead(item: ReadItem, call: ReadCall): AsyncGenerator<Document> {
        try {
          yield* super.doRead(item, call);
        } catch {
          yield createDocument({ id: item.id, text: '', metadata: { path: item.id } });
        }
      }
    },
  ),
  mutant(
    'an item without text is gone without a word',
    'read.blank',
    class extends ReferenceReader {
      override async *doRead(item: ReadItem, call: ReadCall): AsyncGenerator<Document> {
        if (this.notes!.get(item.id)?.blank !== true) yield* super.doRead(item, call);
      }
    },
  ),
  mutant(
    'an item without text is an empty document',
    'read.blank',
    class extends ReferenceReader {
      override async *doRead(item: ReadItem, call: ReadCall): AsyncGenerator<Document> {
        if (this.notes!.get(item.id)?.blank !== true) yield* super.doRead(item, call);
        else yield createDocument({ id: item.id, text: '', metadata: { path: item.id } });
      }
    },
  ),
  mutant(
    'a broken item ends the reading',
    'read.failure',
    class extends ReferenceReader {
      override async *read(options: ReadOptions = {}): AsyncGenerator<Document> {
        let broken: Error | undefined;
        const onError = (failure: ReadFailure): void => {
          broken = failure.error;
          options.onError?.(failure);
        };
        for await (const document of super.read({ ...options, onError })) {
          if (broken !== undefined) return;
          yield document;
        }
      }
    },
  ),
  mutant(
    'a place that does not exist has nothing in it',
    'read.missing',
    class extends ReferenceReader {
      override doList(call: ReadCall): ReadItem[] {
        try {
          return super.doList(call);
        } catch (error) {
          if (isMortiseError(error)) return [];
          throw error;
        }
      }
    },
  ),
  mutant('nothing is skipped', 'read.skip', deafTo('skip')),
  mutant(
    'what is skipped is not told of',
    'read.skip',
    class extends ReferenceReader {
      override read({ onProgress, ...options }: ReadOptions = {}): AsyncGenerator<Document> {
        return super.read({
          ...options,
          onProgress: (step) => void (step.outcome === 'skipped' || onProgress?.(step)),
        });
      }
    },
  ),
  mutant(
    'what is skipped is named otherwise than what is done',
    'read.resume',
    class extends ReferenceReader {
      override read({ skip, ...options }: ReadOptions = {}): AsyncGenerator<Document> {
        return super.read({
          ...options,
          ...(skip === undefined ? {} : { skip: ({ id }) => skip({ id: `/${id}` }) }),
        });
      }
    },
  ),
  mutant(
    'the version is the time of the reading',
    'read.version',
    class extends ReferenceReader {
      #time = 0;
      override doList(call: ReadCall): ReadItem[] {
        return super.doList(call).map(({ id }) => ({ id, version: String(this.#time++) }));
      }
    },
  ),
  mutant('an abort is not heard', 'read.abort', deafTo('signal')),
  mutant(
    'an abort is an error of its own',
    'read.abort',
    class extends ReferenceReader {
      override async *read(options: ReadOptions = {}): AsyncGenerator<Document> {
        try {
          yield* super.read(options);
        } catch (error) {
          throw options.signal?.aborted === true && options.signal.reason === 'enough'
            ? new Error('aborted')
            : error;
        }
      }
    },
  ),
  mutant(
    'an aborted reading opens its first item',
    'read.aborted',
    class extends ReferenceReader {
      override async *read(options: ReadOptions = {}): AsyncGenerator<Document> {
        if (options.signal?.aborted === true) this.opened.push('alpha');
        yield* super.read(options);
      }
    },
  ),
  mutant(
    'one metadata for all documents',
    'read.data',
    mutating((document) => ({ ...document, metadata: shared.metadata })),
  ),
  mutant(
    'documents do not say which item they are of',
    'read.item',
    handedOut(({ item: _item, ...document }) => document),
  ),
  mutant(
    'a document is its own item, also where there are several',
    'read.several',
    handedOut((document) => ({ ...document, item: document.id })),
  ),
  mutant(
    'the second document of an item has the id of the first',
    'read.several',
    mutating((document) => ({ ...document, id: document.metadata['path'] as string })),
  ),
  mutant(
    'a failure names the place, and documents the item',
    'read.item-failed',
    renaming((item) => `notes/${item}`),
  ),
  mutant(
    'a failure of an item of several names its first document',
    'read.several-failed',
    renaming((item, reader) => (reader.notes!.get(item)?.more === undefined ? item : `${item}#0`)),
  ),
];
