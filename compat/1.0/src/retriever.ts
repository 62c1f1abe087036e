import { MortiseError } from '@mortise/core';
import type { JsonObject } from '@mortise/core';
import {
  BaseRetriever,
  createTextNode,
  type BaseRetrieverOptions,
  type NodeWithScore,
  type Query,
  type RetrieveCall,
} from '@mortise/core/retriever';
import { isObject } from '@mortise/core/shared';
import { malformed, readJson, type About } from '@mortise/core/wire';
import { Connection, type FrozenConnectionOptions } from './client.ts';

export interface FrozenRetrieverOptions extends BaseRetrieverOptions, FrozenConnectionOptions {
  /** Where to search. */
  collection: string;
  /** Default: 10. */
  topK?: number | undefined;
}

/** Searches a collection of Frozen. */
export class FrozenRetriever extends BaseRetriever {
  readonly #connection: Connection;
  readonly #collection: string;
  readonly #topK: number;

  constructor(options: FrozenRetrieverOptions) {
    super(options);
    this.#connection = new Connection(options);
    this.#collection = options.collection;
    this.#topK = options.topK ?? 10;
  }

  async doRetrieve({ query }: Query, call: RetrieveCall): Promise<NodeWithScore[]> {
    const about = this.#connection.about({ provider: 'frozen', model: this.#collection });
    const body = { collection: this.#collection, query, limit: call.topK ?? this.#topK };
    const response = await this.#connection.send('/v1/search', body, call, about);
    return fromHits(await readJson(response, call, about), about);
  }
}
function fromHits({ hits }: Record<string, unknown>, about: About): NodeWithScore[] {
  if (!Array.isArray(hits)) throw malformed('JSON without hits', about);
  return hits.filter(isObject).map(({ id, text, score, fields }) => {
    if (typeof id !== 'string' || typeof text !== 'string' || typeof score !== 'number') {
      const message = 'Frozen answered with a hit that has no id, text or score. Check the collection.';
      throw new MortiseError('malformed-response', message, { provider: 'frozen' });
    }
    const metadata = isObject(fields) ? (fields as JsonObject) : {};
    return { node: createTextNode({ id, text, metadata }), score };
  });
}
