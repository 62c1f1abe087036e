import type { CallOptions } from '@mortise/core';
import type { NodePostprocessor } from '@mortise/core/postprocessor';
import { checkRanking, type Reranker } from '@mortise/core/reranker';
import {
  nodeText,
  toQuery,
  type NodeTextMode,
  type NodeWithScore,
  type QueryInput,
} from '@mortise/core/retriever';
import { checkOptions, requireMembers, wholeNumber } from '@mortise/core/shared';
import { outsideOptions, postprocessing } from './postprocessing.ts';

export interface RerankPostprocessorOptions {
  /** How many are left, at most. Default: all. */
  topN?: number | undefined;
  /** What the reranker reads of a node. Default: `embed`, the text with the metadata that embedding models see. */
  textMode?: NodeTextMode | undefined;
}

/**
 * Any `Reranker` as a postprocessor: its order and its scores. The score is in `evidence.rerank` too, where it stays
 * when a later step rescores, and the evidence from retrieval is kept.
 */
export class RerankPostprocessor implements NodePostprocessor {
  readonly #reranker: Reranker;
  readonly #topN: number | undefined;
  readonly #textMode: NodeTextMode;

  constructor(parts: { readonly reranker: Reranker }, given: RerankPostprocessorOptions = {}) {
    const { reranker } = checkOptions(parts, 'configuration');
    const options = checkOptions(given, 'configuration');
    this.#topN = options.topN === undefined ? undefined : wholeNumber('topN', options.topN);
    this.#textMode = options.textMode ?? 'embed';
    this.#reranker = requireMembers(reranker, ['rerank'], 'reranker', 'Reranker');
  }

  postprocess(
    query: QueryInput,
    given: readonly NodeWithScore[],
    options: CallOptions = {},
  ): Promise<NodeWithScore[]> {
    return postprocessing('rerank', query, given, options, async (call, nodes) => {
      if (nodes.length === 0) return [];
      const topN = Math.min(this.#topN ?? nodes.length, nodes.length);
      const texts = nodes.map(({ node }) => nodeText(node, this.#textMode));
      const asked = { ...outsideOptions(call), topN };
      const { results, warnings } = await this.#reranker.rerank(toQuery(query).query, texts, asked);
      for (const warning of warnings) call.warn(warning);
      // Anybody may implement the contract: a wrong place must not become another node.
      return checkRanking(results, nodes.length, topN).map(({ index, score }) => {
        const found = nodes[index] as NodeWithScore;
        return { ...found, score, evidence: { ...found.evidence, rerank: score } };
      });
    });
  }
}
