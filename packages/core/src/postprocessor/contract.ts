import type { CallOptions } from '../call/contract.ts';
import type { QueryInput } from '../retriever/contract.ts';
import type { NodeWithScore } from '../nodes/contract.ts';

/**
 * A step between retrieval and answer: drops, reorders, adds or rescores nodes. A query engine runs its postprocessors
 * in the order given. Neither the list nor a node in it is changed; what differs is a new object.
 */
export interface NodePostprocessor {
  /** Best first, unless reordering is its very purpose, which it documents. Scores stay finite, higher is better. */
  postprocess(
    query: QueryInput,
    nodes: readonly NodeWithScore[],
    options?: CallOptions,
  ): Promise<NodeWithScore[]>;
}
