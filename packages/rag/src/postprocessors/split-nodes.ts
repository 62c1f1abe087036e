import type { CallOptions } from '@mortise/core';
import type { NodePostprocessor } from '@mortise/core/postprocessor';
import type { NodeWithScore, QueryInput } from '@mortise/core/retriever';
import type { Transform } from '@mortise/core/transform';
import { checkOptions, requireMembers } from '@mortise/core/shared';
import { postprocessing } from './postprocessing.ts';

/**
 * Cuts every node into smaller ones that can be cited by themselves, each with the metadata, the score and the evidence
 * of the whole. The splitter is shown the text alone, so that its limit is one for texts. A node of which it makes
 * nothing is left out.
 */
export class SplitNodes implements NodePostprocessor {
  readonly #splitter: Transform;

  constructor(parts: { readonly splitter: Transform }) {
    const { splitter } = checkOptions(parts, 'configuration');
    this.#splitter = requireMembers(splitter, ['transform'], 'splitter', 'Transform');
  }

  postprocess(
    query: QueryInput,
    given: readonly NodeWithScore[],
    options: CallOptions = {},
  ): Promise<NodeWithScore[]> {
    return postprocessing('split-nodes', query, given, options, async ({ signal, parent }, nodes) => {
      const results: NodeWithScore[] = [];
      for (const { node, score, evidence } of nodes) {
        const parts = await this.#splitter.transform([{ ...node, metadata: {} }], { signal, parent });
        for (const part of parts) {
          results.push({
            node: { ...part, metadata: { ...structuredClone(node.metadata), ...part.metadata } },
            score,
            ...(evidence === undefined ? {} : { evidence: { ...evidence } }),
          });
        }
      }
      return results;
    });
  }
}
