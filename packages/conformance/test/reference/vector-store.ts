import type { OpenVectorStore, VectorStoreFeature } from '@mortise/conformance';
import { similarity } from '@mortise/core/embedding';
import { copyNode, sourceId, type NodeWithScore } from '@mortise/core/retriever';
import {
  checkFilter,
  checkVectorEntries,
  checkVectorQuery,
  FILTER_OPERATORS,
  matchesFilter,
  maximalMarginalRelevance,
  type MetadataFilter,
  type StoreOptions,
  type VectorEntry,
  type VectorQuery,
  type VectorSelection,
  type VectorStore,
  type VectorStoreSupport,
} from '@mortise/core/store';

/** Everything that the reference declares: all there is. */
export const everyFeature: readonly VectorStoreFeature[] = [
  'dense',
  'sparse',
  'hybrid',
  'text',
  'mmr',
  'exact',
  'persistence',
  'filters',
  ...FILTER_OPERATORS.map((op) => `filter:${op}` as const),
];

type Scored = readonly [VectorEntry, score: number];

/** A store that does all of the contract, by comparing with everything. Mutants override a method and break it. */
export class ReferenceVectorStore implements VectorStore {
  /** What outlives the instance. */
  readonly disk: Map<string, VectorEntry>;

  constructor(disk = new Map<string, VectorEntry>()) {
    this.disk = disk;
  }

  get support(): VectorStoreSupport {
    const dimensions = this.dimensions();
    return {
      modes: ['dense', 'sparse', 'hybrid', 'text', 'mmr'],
      operators: FILTER_OPERATORS,
      ...(dimensions === undefined ? {} : { dimensions }),
    };
  }

  async upsert(entries: readonly VectorEntry[], options: StoreOptions = {}): Promise<void> {
    this.abort(options);
    this.checkEntries(entries);
    for (const entry of entries) this.put(this.copy(entry));
  }

  async delete(selection: VectorSelection, options: StoreOptions = {}): Promise<void> {
    this.abort(options);
    if (selection.filter !== undefined) this.checkFilter(selection.filter);
    for (const [id, entry] of this.disk) if (this.isSelected(entry, selection)) this.disk.delete(id);
  }

  async query(query: VectorQuery, options: StoreOptions = {}): Promise<NodeWithScore[]> {
    this.abort(options);
    this.checkQuery(query);
    const passed = [...this.disk.values()].filter(({ node }) => this.passes(node.metadata, query.filter));
    return this.ranked(query, passed)
      .slice(0, query.topK)
      .map(([entry, score]) => ({ node: this.give(entry), score }));
  }

  dimensions(): number | undefined {
    return this.disk.values().next().value?.embedding.length;
  }

  abort({ signal }: StoreOptions): void {
    signal?.throwIfAborted();
  }

  checkEntries(entries: readonly VectorEntry[]): void {
    checkVectorEntries(entries, this.dimensions());
  }

  checkQuery(query: VectorQuery): void {
    checkVectorQuery(query, this.support);
  }

  checkFilter(filter: MetadataFilter): void {
    checkFilter(filter, FILTER_OPERATORS);
  }

  copy({ node, ...rest }: VectorEntry): VectorEntry {
    return { ...structuredClone(rest), node: copyNode(node) };
  }

  give({ node }: VectorEntry): NodeWithScore['node'] {
    return copyNode(node);
  }

  put(entry: VectorEntry): void {
    this.disk.set(entry.node.id, entry);
  }

  isSelected({ node }: VectorEntry, { ids = [], sourceIds = [], filter }: VectorSelection): boolean {
    const source = sourceId(node);
    const ofSource = source !== undefined && sourceIds.includes(source);
    return ids.includes(node.id) || ofSource || (filter !== undefined && this.matches(node.metadata, filter));
  }

  passes(metadata: VectorEntry['node']['metadata'], filter: MetadataFilter | undefined): boolean {
    return filter === undefined || this.matches(metadata, filter);
  }

  matches(metadata: VectorEntry['node']['metadata'], filter: MetadataFilter): boolean {
    return matchesFilter(metadata, filter);
  }

  ranked(query: VectorQuery, entries: readonly VectorEntry[]): Scored[] {
    const { mode = 'dense', text = '', sparse, alpha = 0.5, lambda } = query;
    const embedding = query.embedding ?? new Float32Array();
    const dense = ({ embedding: own }: VectorEntry): number => this.cosine(own, embedding);
    const terms = (entry: VectorEntry): number =>
      mode === 'sparse' ? innerProduct(entry.sparse, sparse) : wordShare(entry.node.text, text);
    switch (mode) {
      case 'mmr':
        return this.diverse(
          entries.map((entry) => ({ ...entry, similarity: dense(entry) })),
          query.topK,
          lambda,
        );
      case 'text':
      case 'sparse':
        return best(entries, terms).filter(([, score]) => score > 0);
      case 'hybrid':
        return best(entries, (entry) => alpha * dense(entry) + (1 - alpha) * terms(entry));
      default:
        return best(entries, dense);
    }
  }

  cosine(a: Float32Array, b: Float32Array): number {
    return similarity(a, b);
  }

  diverse(
    candidates: readonly (VectorEntry & { similarity: number })[],
    topK: number,
    lambda?: number,
  ): Scored[] {
    return maximalMarginalRelevance(candidates, topK, lambda).map(({ index, score }) => [
      candidates[index]!,
      score,
    ]);
  }
}

/** Opens a store of a class; what it wrote is there again for the next instance. */
export function opener(
  store: new (disk?: Map<string, VectorEntry>) => ReferenceVectorStore,
): () => OpenVectorStore {
  return () => {
    const first = new store();
    return { store: first, reopen: () => new store(first.disk) };
  };
}

function best(entries: readonly VectorEntry[], score: (entry: VectorEntry) => number): Scored[] {
  return entries.map((entry) => [entry, score(entry)] as const).toSorted(([, a], [, b]) => b - a);
}

function innerProduct(a: VectorEntry['sparse'], b: VectorEntry['sparse']): number {
  let sum = 0;
  a?.indices.forEach((index, at) => {
    const other = b?.indices.indexOf(index) ?? -1;
    if (other >= 0) sum += a.values[at]! * b!.values[other]!;
  });
  return sum;
}

/** How much of the text the words of a query make up. */
function wordShare(text: string, query: string): number {
  const words = (of: string): string[] => of.toLowerCase().match(/\p{L}+/gu) ?? [];
  const asked = new Set(words(query));
  const all = words(text);
  return all.filter((word) => asked.has(word)).length / Math.max(1, all.length);
}
