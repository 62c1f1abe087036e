import type { CallOptions } from '@mortise/core';
import type { NodePostprocessor } from '@mortise/core/postprocessor';
import type { NodeWithScore, QueryInput } from '@mortise/core/retriever';
import { postprocessing } from './postprocessing.ts';

/**
 * The best nodes at both ends of the list and the worst in its middle, where models read long contexts least
 * carefully (Liu et al., Lost in the Middle, TACL 2024): of 1 to 5 it makes 1 3 5 4 2. The list must come best first;
 * scores stay as they are. Put it last.
 */
export class LongContextReorder implements NodePostprocessor {
  postprocess(
    query: QueryInput,
    given: readonly NodeWithScore[],
    options: CallOptions = {},
  ): Promise<NodeWithScore[]> {
    return postprocessing('long-context-reorder', query, given, options, async (_call, nodes) => {
      const places = [...nodes.keys()];
      const odd = places.filter((at) => at % 2 === 0);
      const even = places.filter((at) => at % 2 === 1);
      return [...odd, ...even.toReversed()].map((at) => ({ ...(nodes[at] as NodeWithScore) }));
    });
  }
}
