import {
  BaseRetriever,
  sourceId,
  type Evidence,
  type Node,
  type NodeWithScore,
  type Query,
  type RetrieveCall,
} from '@mortise/core/retriever';
import {
  checkFilter,
  FILTER_OPERATORS,
  type DocumentStore,
  type RankedTerms,
  type SourceRecord,
  type VectorStore,
} from '@mortise/core/store';
import type { QueryEmbedding } from './backend.ts';
import { HybridRanking, type HybridRetrieverOptions } from './hybrid-ranking.ts';
import type { Words } from './words.ts';

export interface StoredParts {
  readonly documents: DocumentStore;
  /** As readers should see them: committed. */
  readonly vectors: VectorStore;
  readonly words: Words;
  readonly embedding: QueryEmbedding;
  /** Before anything is paid. */
  check(): void;
}

/** What both ways have found, and the order of both together. */
interface Found {
  readonly order: readonly { readonly key: string; readonly score: number }[];
  readonly dense: ReadonlyMap<string, NodeWithScore>;
  readonly words: ReadonlyMap<string, RankedTerms>;
}

/** Results, and the documents that were written while they were looked up. */
interface Shown {
  readonly results: NodeWithScore[];
  readonly moved: ReadonlySet<string>;
}

/** Documents that are replaced faster than they can be looked up are left out after so many tries. */
const ROUNDS = 20;

/**
 * BM25 and vectors over stores, fused as `HybridRetriever` does. The two stores share no transaction, so what is found is
 * held against the records: of each document the version that counts, whole, or the lookup is done again. `evidence` has
 * `coverage` and `bm25` of every result, and `similarity` of those among the nearest `candidates`.
 */
export class StoredHybridRetriever extends BaseRetriever {
  override readonly supportsFilters = true;
  readonly #parts: StoredParts;
  readonly #ranking: HybridRanking;

  constructor(parts: StoredParts, options: HybridRetrieverOptions = {}) {
    super(options);
    this.#parts = parts;
    this.#ranking = new HybridRanking(options);
  }

  async doRetrieve(query: Query, call: RetrieveCall): Promise<NodeWithScore[]> {
    const { documents, vectors, words } = this.#parts;
    const { topK = this.#ranking.topK, filters, signal } = call;
    const { byVector } = this.#ranking;
    if (filters !== undefined)
      checkFilter(filters, byVector ? (vectors.support.operators ?? []) : FILTER_OPERATORS);
    if (await isEmpty(documents, signal)) return [];
    if (byVector) this.#parts.check();
    const embedding = await this.#ranking.embed(query, this.#parts.embedding, call);
    for (let round = 1; ; round++) {
      const found = await this.#find(query.query, embedding, { ...call, topK });
      const { results, moved } = await this.#show(found, topK, signal);
      if (moved.size === 0 || round === ROUNDS) return results;
      for (const id of moved) await words.changed(id);
    }
  }

  async #find(
    question: string,
    embedding: Float32Array | undefined,
    { topK, filters: filter, signal }: RetrieveCall & { readonly topK: number },
  ): Promise<Found> {
    const depth = this.#ranking.depth(topK);
    const near =
      embedding === undefined
        ? []
        : await this.#parts.vectors.query({ topK: depth, embedding, filter }, { signal });
    const dense = new Map(near.map((result) => [result.node.id, result]));
    const also = [...dense.keys()];
    const ranked = await this.#parts.words.rank(question, { topK: depth, filter, also, signal });
    const order = this.#ranking.order(
      ranked.slice(0, depth).map(({ id, score }) => ({ key: id, score })),
      near.map(({ node, score }) => ({ key: node.id, score })),
    );
    return { order, dense, words: new Map(ranked.map((each) => [each.id, each])) };
  }

  /** The best that count. */
  async #show({ order, dense, words }: Found, topK: number, signal: AbortSignal): Promise<Shown> {
    const records = new Map<string, SourceRecord | undefined>();
    const moved = new Set<string>();
    const results: NodeWithScore[] = [];
    for (let at = 0; at < order.length && results.length < topK; at += topK) {
      const some = order.slice(at, at + topK);
      const nodes = await this.#nodes(
        some.map(({ key }) => key),
        dense,
        signal,
      );
      for (const [place, { key, score }] of some.entries()) {
        const node = nodes[place];
        // It went just now.
        if (node === undefined) {
          moved.add(this.#parts.words.documentOf(key) ?? key);
          continue;
        }
        const source = sourceId(node);
        if (source !== undefined && !(await this.#counts(node, source, { records, moved, signal }))) continue;
        if (results.length < topK) results.push({ node, score, evidence: evidenceOf(key, dense, words) });
      }
    }
    return { results, moved };
  }

  async #nodes(
    ids: readonly string[],
    dense: ReadonlyMap<string, NodeWithScore>,
    signal: AbortSignal,
  ): Promise<(Node | undefined)[]> {
    const others = ids.filter((id) => !dense.has(id));
    const nodes = await this.#parts.documents.getMany(others, { signal });
    const byId = new Map(others.map((id, at) => [id, nodes[at]]));
    return ids.map((id) => dense.get(id)?.node ?? byId.get(id));
  }

  /** Whether the document's record names the node. One without a record was put there by somebody else, and counts. */
  async #counts(node: Node, source: string, { records, moved, signal }: Checking): Promise<boolean> {
    if (!records.has(source)) records.set(source, await this.#parts.documents.getSource(source, { signal }));
    const record = records.get(source);
    if (record !== undefined && !this.#parts.words.shows(record)) moved.add(source);
    if (record === undefined || record.nodeIds.includes(node.id)) return true;
    moved.add(source);
    return false;
  }
}

interface Checking {
  readonly records: Map<string, SourceRecord | undefined>;
  readonly moved: Set<string>;
  readonly signal: AbortSignal;
}

function evidenceOf(id: string, dense: Found['dense'], words: Found['words']): Evidence {
  const { score: bm25 = 0, coverage = 0 } = words.get(id) ?? {};
  const { evidence, score } = dense.get(id) ?? {};
  const similarity = evidence?.similarity ?? score;
  return { bm25, coverage, ...(similarity === undefined ? {} : { similarity }) };
}

async function isEmpty(documents: DocumentStore, signal: AbortSignal): Promise<boolean> {
  const records = documents.sources({ signal })[Symbol.asyncIterator]();
  try {
    return (await records.next()).done === true;
  } finally {
    await records.return?.();
  }
}
