import { isMortiseError, MortiseError, type JsonObject } from '@mortise/core';
import type { Reader, ReadOptions } from '@mortise/core/reader';
import { createDocument, type Document } from '@mortise/core/retriever';
import { isObject, malformed, readJson } from '@mortise/core/wire';
import { Connection, type AcmeConnectionOptions } from './client.ts';

/** How to reach the pages of Acme. */
export interface AcmeReaderOptions extends AcmeConnectionOptions {
  /** Which pages. */
  space: string;
}

const ABOUT = { provider: 'acme' };

/** The pages of a space of Acme as documents, one at a time. */
export class AcmeReader implements Reader {
  readonly #connection: Connection;
  readonly #space: string;

  constructor(options: AcmeReaderOptions) {
    this.#connection = new Connection(options);
    this.#space = options.space;
  }

  async *read({ signal, onProgress, onError }: ReadOptions = {}): AsyncGenerator<Document> {
    const pages = await this.#pages(signal);
    let failed = 0;
    for (const [at, item] of pages.entries()) {
      signal?.throwIfAborted();
      try {
        yield await this.#page(item, signal);
      } catch (thrown) {
        signal?.throwIfAborted();
        failed++;
        onError?.({ item, error: asError(thrown, item) });
      }
      onProgress?.({ done: at + 1, failed, total: pages.length, item });
    }
  }

  // REPLACE: what there is to read.
  async #pages(signal: AbortSignal | undefined): Promise<string[]> {
    const { pages } = await this.#ask('/v1/pages', { space: this.#space }, signal);
    if (!Array.isArray(pages)) throw malformed('JSON without pages', ABOUT);
    return pages.map(String);
  }

  // REPLACE: one document. Its id is the same in every run, and its metadata say where it comes from.
  async #page(id: string, signal: AbortSignal | undefined): Promise<Document> {
    const { text, url, fields } = await this.#ask('/v1/page', { id }, signal);
    if (typeof text !== 'string') throw malformed('a page without text', ABOUT);
    const origin = typeof url === 'string' ? { url } : {};
    return createDocument({
      id: `acme:${id}`,
      text,
      metadata: { ...(isObject(fields) ? (fields as JsonObject) : {}), ...origin },
    });
  }

  async #ask(
    path: string,
    body: object,
    signal = new AbortController().signal,
  ): Promise<Record<string, unknown>> {
    signal.throwIfAborted();
    const sending = { signal, touch: () => undefined };
    return readJson(await this.#connection.send(path, body, sending, ABOUT), sending, ABOUT);
  }
}

function asError(thrown: unknown, item: string): Error {
  if (isMortiseError(thrown)) return thrown;
  const message = `The page ${item} could not be read. Check the connection to Acme.`;
  return new MortiseError('connection', message, { ...ABOUT, cause: thrown });
}
