import { MortiseError, type JsonObject } from '@mortise/core';
import { callPolicy, runCall, type CallPolicy, type CallSettings } from '@mortise/core/call';
import { BaseReader, type ReadCall, type ReadItem } from '@mortise/core/reader';
import { createDocument, type Document } from '@mortise/core/retriever';
import { isObject } from '@mortise/core/shared';
import { malformed, readJson } from '@mortise/core/wire';
import { Connection, type AcmeConnectionOptions } from './client.ts';

/** How to reach the pages of Acme. */
export interface AcmeReaderOptions extends CallSettings, AcmeConnectionOptions {
  /** Which pages. */
  space: string;
}

const ABOUT = { provider: 'acme' };

/** The pages of a space of Acme as documents, one at a time. */
export class AcmeReader extends BaseReader {
  readonly #connection: Connection;
  readonly #policy: CallPolicy;
  readonly #space: string;

  constructor(options: AcmeReaderOptions) {
    super();
    this.#connection = new Connection(options);
    this.#policy = callPolicy(options);
    this.#space = options.space;
  }

  // REPLACE: what there is to read. A version that the API tells spares reading again what has not changed.
  async doList({ signal }: ReadCall): Promise<ReadItem[]> {
    const { pages } = await this.#ask('/v1/pages', { space: this.#space }, signal);
    if (!Array.isArray(pages)) throw malformed('JSON without pages', ABOUT);
    return pages.map((page: { id: unknown; changed?: unknown } | null) => {
      if (typeof page?.id !== 'string') throw malformed('a page without an id', ABOUT);
      return { id: page.id, ...(typeof page.changed === 'string' ? { version: page.changed } : {}) };
    });
  }

  // REPLACE: one document. Its id is the same in every run, and its metadata say where it comes from.
  async doRead({ id }: ReadItem, { signal }: ReadCall): Promise<Document> {
    const { text, url, fields } = await this.#ask('/v1/page', { id }, signal);
    if (typeof text !== 'string') throw malformed('a page without text', ABOUT);
    if (text.trim() === '')
      throw new MortiseError('parse', `The page ${id} holds no text. Write it, or leave it out.`);
    const origin = typeof url === 'string' ? { url } : {};
    const metadata = { ...(isObject(fields) ? (fields as JsonObject) : {}), ...origin };
    return createDocument({ id: `acme:${id}`, text, metadata });
  }

  /** With the retries and time bounds of the options. */
  #ask(path: string, body: object, signal: AbortSignal | undefined): Promise<Record<string, unknown>> {
    const call = { policy: this.#policy, options: { signal }, stream: false, about: ABOUT };
    return runCall(call, async (attempt) =>
      readJson(
        await this.#connection.send(path, body, attempt, ABOUT),
        attempt,
        this.#connection.about(ABOUT),
      ),
    );
  }
}
