import type { CallOptions } from '@mortise/core';
import type { NodePostprocessor } from '@mortise/core/postprocessor';
import { copyNode, sourceId, type Node, type NodeWithScore, type QueryInput } from '@mortise/core/retriever';
import { checkOptions, wholeNumber } from '@mortise/core/shared';
import { lookupOf, type NodeLookup } from '../retrievers/auto-merging.ts';
import { postprocessing, type PostprocessCall } from './postprocessing.ts';

export interface NeighboursOptions {
  /** How many nodes before each one. Default: 1. */
  previous?: number | undefined;
  /** How many after it. Default: 1. */
  next?: number | undefined;
}

/**
 * Adds to each node those before and after it in its source document, so that a model reads on where a chunk was cut.
 * They stand around the node that brought them, in the order of the text, with its score and without evidence, since
 * nobody measured them. A node comes once: one that was found itself stays at its own place. A neighbour that is not in
 * the store is left out, with a `warning` event.
 */
export class Neighbours implements NodePostprocessor {
  readonly #lookup: Extract<NodeLookup, (...args: never[]) => unknown>;
  readonly #previous: number;
  readonly #next: number;

  constructor(parts: { readonly nodes: NodeLookup }, options: NeighboursOptions = {}) {
    const { nodes } = checkOptions(parts, 'configuration');
    const { previous = 1, next = 1 } = checkOptions(options, 'configuration');
    this.#lookup = lookupOf(nodes);
    this.#previous = wholeNumber('previous', previous, { least: 0 });
    this.#next = wholeNumber('next', next, { least: 0 });
  }

  postprocess(
    query: QueryInput,
    given: readonly NodeWithScore[],
    options: CallOptions = {},
  ): Promise<NodeWithScore[]> {
    return postprocessing('neighbours', query, given, options, async (call, nodes) => {
      const known = new Map<string, Node | undefined>(nodes.map(({ node }) => [node.id, node]));
      const before = await this.#walk(nodes, 'previous', this.#previous, known, call);
      const after = await this.#walk(nodes, 'next', this.#next, known, call);
      const taken = new Set(nodes.map(({ node }) => node.id));
      const others = (around: readonly Node[], { score }: NodeWithScore): NodeWithScore[] =>
        around
          .filter(({ id }) => !taken.has(id) && taken.add(id))
          .map((node) => ({ node: copyNode(node), score }));
      return nodes.flatMap((each, at) => [
        ...others((before[at] as Node[]).toReversed(), each),
        { ...each },
        ...others(after[at] as Node[], each),
      ]);
    });
  }

  /** The nodes in one direction from each, nearest first. One lookup for all of a step. */
  async #walk(
    nodes: readonly NodeWithScore[],
    direction: 'previous' | 'next',
    steps: number,
    known: Map<string, Node | undefined>,
    call: PostprocessCall,
  ): Promise<Node[][]> {
    const paths = nodes.map(({ node }) => [node]);
    let open = paths;
    for (let step = 0; step < steps && open.length > 0; step++) {
      const refs = open.map((path) => path.at(-1)?.relationships?.[direction]?.id);
      await this.#load(refs, known, call);
      open = open.filter((path, at) => {
        const id = refs[at];
        const node = id === undefined ? undefined : known.get(id);
        // Within one source, and not in a circle.
        const fits =
          node !== undefined && sourceId(node) === sourceId(path[0] as Node) && !path.includes(node);
        if (fits) path.push(node);
        return fits;
      });
    }
    return paths.map((path) => path.slice(1));
  }

  async #load(
    refs: readonly (string | undefined)[],
    known: Map<string, Node | undefined>,
    call: PostprocessCall,
  ): Promise<void> {
    const ids = [...new Set(refs)].filter((id): id is string => id !== undefined && !known.has(id));
    if (ids.length === 0) return;
    const found = await this.#lookup(ids, { signal: call.signal });
    const missing = ids.filter((id, at) => {
      known.set(id, found[at]);
      return found[at] === undefined;
    });
    if (missing.length === 0) return;
    const message = `Nodes that others name as their neighbours are not in the store: ${missing.join(', ')}.`;
    call.warn({ type: 'other', message });
  }
}
