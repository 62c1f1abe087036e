import { BaseReader, type ReadItem } from '@mortise/core/reader';
import { checkOptions, sha256Hex, type JsonObject } from '@mortise/core/shared';
import type { Document } from '@mortise/core';
import { OWNER } from './blocks.ts';
import type { LangChainLoader } from './contract.ts';
import { fromDocuments } from './documents.ts';
import { fromThrown } from './errors.ts';
import { serverAddress } from './secrets.ts';
import { objectOf, textOf } from './values.ts';

/** How a loader of theirs is taken. */
export interface FromLangChainLoaderOptions {
  /**
   * What it reads, the same in every run: the item of its documents. Default: its path, or its address
   * without credentials and query, whose hash stands in for them; else its class.
   */
  item?: string | undefined;
}

/** A loader of LangChain.js; `fromLangChain` makes it. One item, since theirs load all at once and do not say of what. */
export class LangChainReader extends BaseReader {
  readonly #loader: LangChainLoader;
  readonly #item: string;

  constructor(loader: LangChainLoader, given: FromLangChainLoaderOptions = {}) {
    super();
    const { item } = checkOptions(given, 'configuration');
    this.#loader = loader;
    const { filePath, filePathOrBlob, webPath, url } = objectOf(loader);
    const said = [filePath, filePathOrBlob, webPath, url].map(textOf).find((each) => each !== undefined);
    this.#item = item ?? shownAddress(said) ?? textOf(loader.constructor?.name) ?? 'loader';
  }

  doList(): ReadItem[] {
    return [{ id: this.#item }];
  }

  async *doRead(): AsyncGenerator<Document> {
    let loaded;
    try {
      loaded = await this.#loader.load();
    } catch (thrown) {
      throw fromThrown(thrown, { provider: OWNER }, this.#loader);
    }
    for (const node of fromDocuments(loaded))
      yield { ...node, type: 'document', metadata: withOrigin(node.metadata) };
  }
}

/** Items stand in errors, events and indexes. The hash tells pages apart that differ only in what is not shown. */
function shownAddress(said: string | undefined): string | undefined {
  const url = serverAddress(said);
  if (said === undefined || url === null) return said;
  const shown = `${url.protocol}//${url.host}${url.pathname}`;
  return url.href === shown ? said : `${shown}#${sha256Hex(said).slice(0, 12)}`;
}

/** Their loaders say in `source` where a document comes from: a path, or an address. */
function withOrigin(metadata: JsonObject): JsonObject {
  const { source, path, url } = metadata;
  if (typeof source !== 'string' || source === '' || path !== undefined || url !== undefined) return metadata;
  return { ...metadata, [/^https?:\/\//i.test(source) ? 'url' : 'path']: source };
}
