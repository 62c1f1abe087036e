import { MortiseError } from '@mortise/core';
import type { JsonObject } from '@mortise/core';
import {
  BaseRetriever,
  createIndexNode,
  createTextNode,
  type BaseRetrieverOptions,
  type NodeWithScore,
  type Query,
  type RetrieveCall,
} from '@mortise/core/retriever';
import { isObject } from '@mortise/core/shared';
import { malformed, readJson, type About } from '@mortise/core/wire';
import { Connection, type AcmeConnectionOptions } from './client.ts';

/** How to reach a collection of Acme. */
export interface AcmeRetrieverOptions extends BaseRetrieverOptions, AcmeConnectionOptions {
  /** Where to search. */
  collection: string;
  /** Default: 10. */
  topK?: number | undefined;
}

/** Searches a collection of Acme. */
export class AcmeRetriever extends BaseRetriever {
  readonly #connection: Connection;
  readonly #collection: string;
  readonly #topK: number;

  constructor(options: AcmeRetrieverOptions) {
    super(options);
    this.#connection = new Connection(options);
    this.#collection = options.collection;
    this.#topK = options.topK ?? 10;
  }

  async doRetrieve({ query }: Query, call: RetrieveCall): Promise<NodeWithScore[]> {
    const about = { provider: 'acme', model: this.#collection };
    // REPLACE: what the API is sent.
    const body = { collection: this.#collection, query, limit: call.topK ?? this.#topK };
    const response = await this.#connection.send('/v1/search', body, call, about);
    const own = this.#connection.about(about);
    return fromHits(await readJson(response, call, own), own);
  }
}

// REPLACE: what the API answers. Scores are handed on as they are, higher being better; `source` is the document that a
// text is of, and `leads_to` what the hit stands for in `objects`.
function fromHits({ hits }: Record<string, unknown>, about: About): NodeWithScore[] {
  if (!Array.isArray(hits)) throw malformed('JSON without hits', about);
  return hits.filter(isObject).map(({ id, text, score, fields, source, leads_to: indexId }) => {
    if (typeof id !== 'string' || typeof text !== 'string' || typeof score !== 'number') {
      const message = 'Acme answered with a hit that has no id, text or score. Check the collection.';
      throw new MortiseError('malformed-response', message, { provider: 'acme' });
    }
    const metadata = isObject(fields) ? (fields as JsonObject) : {};
    const relationships = typeof source === 'string' ? { relationships: { source: { id: source } } } : {};
    const input = { id, text, metadata, ...relationships };
    const node = typeof indexId === 'string' ? createIndexNode({ ...input, indexId }) : createTextNode(input);
    return { node, score };
  });
}
