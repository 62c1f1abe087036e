import { similarity } from '@mortise/core/embedding';
import { createTextNode, type Node, type NodeInput, type NodeWithScore } from '@mortise/core/retriever';
import type { VectorEntry, VectorQuery, VectorSelection, VectorStore } from '@mortise/core/store';
import type { CaseContext } from '../frame/case.ts';
import type { OpenVectorStore, VectorStoreSubject } from './subject.ts';
import { direction, sequence } from './random.ts';

/** More than any case writes: a query for so many gives everything. */
export const EVERYTHING = 2_000;

/** A store with the words that the cases use; writes are over when they are found. */
export interface Lab {
  readonly open: OpenVectorStore;
  readonly store: VectorStore;
  readonly dimensions: number;
  upsert(...entries: VectorEntry[]): Promise<void>;
  delete(selection: VectorSelection): Promise<void>;
  /** Dense unless the query says otherwise; by `axis(0)` unless it has a vector. */
  query(query?: Partial<VectorQuery>): Promise<NodeWithScore[]>;
  /** The ids that a query finds, in order. */
  ids(query?: Partial<VectorQuery>): Promise<string[]>;
  /** The ids of everything that the query lets pass, sorted. */
  all(query?: Partial<VectorQuery>): Promise<string[]>;
  /** A unit vector. */
  axis(at: number): Float32Array;
  /** In the plane of the first two axes, at an angle from the first. */
  at(degrees: number): Float32Array;
  /** A node at an angle, of the source document `source`. */
  entry(id: string, degrees: number, node?: Partial<NodeInput> & { source?: string }): VectorEntry;
  /** So many nodes with vectors of a fixed sequence. */
  cloud(count: number, seed: number, node?: (at: number) => Partial<NodeInput>): VectorEntry[];
}

export async function opened(context: CaseContext<VectorStoreSubject>): Promise<Lab> {
  const open = await context.subject.open();
  context.after(() => open.close?.());
  return labOf(open, context.subject.dimensions);
}

export function labOf(open: OpenVectorStore, dimensions = 8, store = open.store): Lab {
  const axis = (at: number): Float32Array =>
    Float32Array.from({ length: dimensions }, (_, i) => Number(i === at));
  const query = (given: Partial<VectorQuery> = {}): Promise<NodeWithScore[]> =>
    store.query({ topK: EVERYTHING, embedding: axis(0), ...given });
  const ids = async (given?: Partial<VectorQuery>): Promise<string[]> =>
    (await query(given)).map(({ node }) => node.id);
  const at = (degrees: number): Float32Array => {
    const vector = axis(0);
    vector[0] = Math.cos((degrees / 180) * Math.PI);
    vector[1] = Math.sin((degrees / 180) * Math.PI);
    return vector;
  };
  return {
    open,
    store,
    dimensions,
    async upsert(...entries) {
      await store.upsert(entries);
      await open.settled?.();
    },
    async delete(selection) {
      await store.delete(selection);
      await open.settled?.();
    },
    query,
    ids,
    all: async (given) => (await ids(given)).toSorted(),
    axis,
    at,
    entry: (id, degrees, { source, ...node } = {}) => ({
      node: textNode(
        id,
        source === undefined ? node : { ...node, relationships: { source: { id: source } } },
      ),
      embedding: at(degrees),
    }),
    cloud(count, seed, node = () => ({})) {
      const random = sequence(seed);
      return Array.from({ length: count }, (_, i) => ({
        node: textNode(`n${i}`, node(i)),
        embedding: direction(random, dimensions),
      }));
    },
  };
}

function textNode(id: string, node: Partial<NodeInput>): Node {
  return createTextNode({ text: `The text of ${id}.`, ...node, id });
}

/** The cosines that the best `topK` have, best first: what brute force finds. */
export function bestCosines(entries: readonly VectorEntry[], query: Float32Array, topK: number): number[] {
  return entries
    .map(({ embedding }) => similarity(embedding, query))
    .toSorted((a, b) => b - a)
    .slice(0, topK);
}

/** The cosines of what was found, in the order in which it was found. */
export function cosinesOf(
  found: readonly NodeWithScore[],
  entries: readonly VectorEntry[],
  query: Float32Array,
): number[] {
  const vectors = new Map(entries.map(({ node, embedding }) => [node.id, embedding]));
  return found.map(({ node }) => similarity(vectors.get(node.id) as Float32Array, query));
}

/** Whether two lists of cosines are the same but for the rounding of 32-bit floats. */
export function isClose(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((x, at) => Math.abs(x - b[at]!) < 1e-4);
}

/** Best first, and every score a finite number. */
export function isRanked(found: readonly NodeWithScore[]): boolean {
  return found.every(
    ({ score }, at) => Number.isFinite(score) && (at === 0 || score <= found[at - 1]!.score),
  );
}
