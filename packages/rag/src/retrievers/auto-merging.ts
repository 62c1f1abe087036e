import { MortiseError } from '@mortise/core';
import {
  BaseRetriever,
  checkResults,
  mergeEvidence,
  type BaseRetrieverOptions,
  type Evidence,
  type Node,
  type NodeWithScore,
  type Query,
  type RetrieveCall,
  type Retriever,
} from '@mortise/core/retriever';
import { checkOptions, finiteNumber, requireMembers, wholeNumber } from '@mortise/core/shared';
import { matchesFilter, type DocumentStore, type StoreOptions } from '@mortise/core/store';

/** Where the larger nodes are: in a store, or wherever a function finds them. In the order of the ids. */
export type NodeLookup =
  | Pick<DocumentStore, 'getMany'>
  | ((ids: readonly string[], options: StoreOptions) => Promise<readonly (Node | undefined)[]>);

/** What is merged, where the larger nodes are, and when they take the place of their parts. */
export interface AutoMergingRetrieverOptions extends BaseRetrieverOptions {
  /** Finds the smallest nodes. Their `parent` leads up, and a parent's `children` say how many there are. */
  retriever: Retriever;
  nodes: NodeLookup;
  /** The part of a parent's children that must be found, and one more, for it to take their place; 0 to 1. Default: 0.5. */
  threshold?: number | undefined;
  /** Default: what the retriever below gives by default. */
  topK?: number | undefined;
  /** How many results are asked of the retriever below; never fewer than `topK`. Default: `topK`. */
  candidates?: number | undefined;
  /** Levels that are gone up at most; a chain of parents that is longer is left there. Default: 8. */
  maxLevels?: number | undefined;
}

/**
 * Puts a larger node in the place of its parts when more than `threshold` of them were found, level by level: a model
 * reads one whole section sooner than five pieces of it. The parent has the mean of their scores and the best of their
 * evidence; what was not merged stays as it was, and the result is sorted anew.
 *
 * Under filters a parent comes only if its own metadata match. A parent that is not there, or that does not say what its
 * children are, is left alone, with a warning. Parents that lead in a circle are `configuration`.
 */
export class AutoMergingRetriever extends BaseRetriever {
  // The retriever below refuses a filter that it cannot honour.
  override readonly supportsFilters = true;
  readonly #retriever: Retriever;
  readonly #lookup: (ids: readonly string[], options: StoreOptions) => Promise<readonly (Node | undefined)[]>;
  readonly #threshold: number;
  readonly #topK: number | undefined;
  readonly #candidates: number | undefined;
  readonly #maxLevels: number;

  constructor(given: AutoMergingRetrieverOptions) {
    const options = checkOptions(given, 'configuration');
    super(options);
    const { nodes, threshold = 0.5, maxLevels = 8 } = options;
    finiteNumber('threshold', threshold, { least: 0, most: 1 });
    wholeNumber('maxLevels', maxLevels);
    const { topK, candidates } = options;
    for (const [name, value] of Object.entries({ topK, candidates }))
      if (value !== undefined) wholeNumber(name, value);
    this.#retriever = requireMembers(options.retriever, ['retrieve'], 'retriever', 'Retriever');
    this.#lookup = lookupOf(nodes);
    this.#threshold = threshold;
    this.#topK = topK;
    this.#candidates = candidates;
    this.#maxLevels = maxLevels;
  }

  async doRetrieve(query: Query, call: RetrieveCall): Promise<NodeWithScore[]> {
    const topK = call.topK ?? this.#topK;
    const asked = topK === undefined ? this.#candidates : Math.max(topK, this.#candidates ?? topK);
    const options = asked === undefined ? call : { ...call, topK: asked };
    const found = checkResults(await this.#retriever.retrieve(query, options), 'The retriever below');
    const merged = await this.#merge(found, call);
    return merged.toSorted((a, b) => b.score - a.score).slice(0, topK);
  }

  async #merge(found: readonly NodeWithScore[], call: RetrieveCall): Promise<readonly NodeWithScore[]> {
    const parts = new Map<string, Set<string>>();
    const known = new Map<string, Node | undefined>();
    let results = found;
    for (let level = 0; level < this.#maxLevels; level++) {
      const families = familiesOf(results);
      await this.#load([...families.keys()], known, call);
      const rising = new Map<string, NodeWithScore>();
      for (const [id, family] of families) {
        const parent = known.get(id);
        if (parent === undefined || !this.#isFound(parent, family, call)) continue;
        refuseCircle(id, family, parts);
        rising.set(id, inPlaceOf(family, parent));
      }
      if (rising.size === 0) return results;
      results = replaced(results, rising);
    }
    return results;
  }

  /** Each parent is asked for once in a retrieval, and warned about once. */
  async #load(
    ids: readonly string[],
    known: Map<string, Node | undefined>,
    call: RetrieveCall,
  ): Promise<void> {
    const missing = ids.filter((id) => !known.has(id));
    if (missing.length === 0) return;
    const nodes = await this.#lookup(missing, { signal: call.signal });
    for (const [at, id] of missing.entries()) {
      const node = nodes[at];
      known.set(id, node);
      if (node === undefined) warn(call, `the parent '${id}' is not there`);
      else if ((node.relationships?.children ?? []).length === 0)
        warn(call, `the parent '${id}' does not say what its children are`);
    }
  }

  #isFound(parent: Node, family: readonly NodeWithScore[], { filters }: RetrieveCall): boolean {
    const children = new Set((parent.relationships?.children ?? []).map(({ id }) => id));
    const hits = new Set(family.map(({ node }) => node.id).filter((id) => children.has(id)));
    const share = hits.size / children.size;
    // All of them are enough for any threshold, 1 included.
    if (!(share > this.#threshold || share === 1)) return false;
    return filters === undefined || matchesFilter(parent.metadata, filters);
  }
}

/** By whichever of its two forms it was given. */
export function lookupOf(nodes: NodeLookup): Extract<NodeLookup, (...args: never[]) => unknown> {
  if (typeof nodes === 'function') return nodes;
  requireMembers(nodes, ['getMany'], 'nodes', 'DocumentStore');
  return (ids, options) => nodes.getMany(ids, options);
}

/** The results that have a parent, by its id. */
function familiesOf(results: readonly NodeWithScore[]): Map<string, NodeWithScore[]> {
  const families = new Map<string, NodeWithScore[]>();
  for (const result of results) {
    const parent = result.node.relationships?.parent?.id;
    if (parent === undefined) continue;
    const family = families.get(parent);
    if (family === undefined) families.set(parent, [result]);
    else family.push(result);
  }
  return families;
}

function inPlaceOf(family: readonly NodeWithScore[], node: Node): NodeWithScore {
  const score = family.reduce((sum, one) => sum + one.score / family.length, 0);
  const evidence = family.reduce<Evidence | undefined>(
    (best, one) => mergeEvidence(best, one.evidence),
    undefined,
  );
  return evidence === undefined ? { node, score } : { node, score, evidence };
}

/** Each parent where the first of its children was. One that was found besides is the same node, with the better score. */
function replaced(
  results: readonly NodeWithScore[],
  rising: ReadonlyMap<string, NodeWithScore>,
): NodeWithScore[] {
  const placed = new Map<string, NodeWithScore>();
  for (const result of results) {
    const parent = rising.get(result.node.relationships?.parent?.id ?? '') ?? result;
    const { id } = parent.node;
    const before = placed.get(id);
    if (before === undefined || parent.score > before.score) placed.set(id, parent);
  }
  return [...placed.values()];
}

function warn(call: RetrieveCall, why: string): void {
  call.warn({ type: 'other', setting: 'nodes', message: `Some nodes were not merged: ${why}.` });
}

/** `parts` has the ids of everything that was merged into a node, on whatever level. */
function refuseCircle(id: string, family: readonly NodeWithScore[], parts: Map<string, Set<string>>): void {
  const all = parts.get(id) ?? new Set();
  for (const { node } of family) {
    all.add(node.id);
    for (const part of parts.get(node.id) ?? []) all.add(part);
  }
  parts.set(id, all);
  if (!all.has(id)) return;
  const message = `The parents of the nodes lead in a circle by '${id}'. Let every node's parent be a larger node.`;
  throw new MortiseError('configuration', message);
}
