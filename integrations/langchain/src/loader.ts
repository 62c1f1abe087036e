import { BaseReader, type ReadItem } from '@mortise/core/reader';
import { checkOptions, type JsonObject } from '@mortise/core/shared';
import type { Document } from '@mortise/core';
import { OWNER } from './blocks.ts';
import type { LangChainLoader } from './contract.ts';
import { fromDocuments } from './documents.ts';
import { fromThrown } from './errors.ts';
import { objectOf, textOf } from './values.ts';

/** How a loader of theirs is taken. */
export interface FromLangChainLoaderOptions {
  /** What it reads, the same in every run: the item of its documents. Default: its path or address, else its class. */
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
    this.#item = item ?? said ?? textOf(loader.constructor?.name) ?? 'loader';
  }

  doList(): ReadItem[] {
    return [{ id: this.#item }];
  }

  async *doRead(): AsyncGenerator<Document> {
    let loaded;
    try {
      loaded = await this.#loader.load();
    } catch (thrown) {
      throw fromThrown(thrown, { provider: OWNER });
    }
    for (const node of fromDocuments(loaded))
      yield { ...node, type: 'document', metadata: withOrigin(node.metadata) };
  }
}

/** Their loaders say in `source` where a document comes from: a path, or an address. */
function withOrigin(metadata: JsonObject): JsonObject {
  const { source, path, url } = metadata;
  if (typeof source !== 'string' || source === '' || path !== undefined || url !== undefined) return metadata;
  return { ...metadata, [/^https?:\/\//i.test(source) ? 'url' : 'path']: source };
}
