import { MortiseError } from '@mortise/core';
import { BaseReader, type ReadCall, type ReadItem } from '@mortise/core/reader';
import { createDocument, type Document } from '@mortise/core/retriever';
import { errorFromResponse } from '@mortise/core/wire';

/** The pages that a wiki lists in `pages.json`. */
export class WikiReader extends BaseReader {
  readonly #url: string;

  constructor(url: string) {
    super();
    this.#url = url;
  }

  async doList({ signal }: ReadCall): Promise<ReadItem[]> {
    const pages = JSON.parse(await get(`${this.#url}/pages.json`, signal)) as Record<string, string>;
    return Object.entries(pages).map(([id, changed]) => ({ id, version: changed }));
  }

  async doRead({ id }: ReadItem, { signal }: ReadCall): Promise<Document> {
    const url = `${this.#url}/${id}.txt`;
    const text = await get(url, signal);
    if (text.trim() === '')
      throw new MortiseError('parse', `${url} holds no text. Write it, or leave it out.`);
    return createDocument({ id, text, metadata: { url } });
  }
}

async function get(url: string, signal: AbortSignal | undefined): Promise<string> {
  const response = await fetch(url, { signal: signal ?? null });
  if (response.ok) return response.text();
  throw errorFromResponse({ provider: 'wiki', status: response.status, headers: response.headers });
}
