import type { NodePostprocessor } from '@mortise/core/postprocessor';
import type { QueryOptions } from '@mortise/core/query-engine';
import type { NodeWithScore, QueryInput, Retriever } from '@mortise/core/retriever';
import { stepOptions, type AnswerCall } from '../answer.ts';

/** How nodes come to be answered from. */
export interface Finding {
  retriever: Retriever;
  /** Run in this order between retrieval and synthesis. What leaves no node makes the answer `no-nodes`. */
  postprocessors?: readonly NodePostprocessor[] | undefined;
  /** When a query does not say. Default: the retriever's own. */
  topK?: number | undefined;
}

/** Retrieves, and runs the postprocessors one after the other. */
export async function findNodes(
  { retriever, postprocessors = [], topK }: Finding,
  input: QueryInput,
  options: QueryOptions,
  call: AnswerCall,
): Promise<NodeWithScore[]> {
  const asked = { ...options, ...stepOptions(call), topK: options.topK ?? topK };
  let nodes = await retriever.retrieve(input, asked);
  for (const postprocessor of postprocessors) {
    call.signal?.throwIfAborted();
    nodes = await postprocessor.postprocess(input, nodes, stepOptions(call));
  }
  return nodes;
}
