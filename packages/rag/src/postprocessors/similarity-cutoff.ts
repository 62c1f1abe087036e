import { MortiseError, type CallOptions } from '@mortise/core';
import type { NodePostprocessor } from '@mortise/core/postprocessor';
import type { NodeWithScore, QueryInput } from '@mortise/core/retriever';
import { checkOptions, finiteNumber, oneOf } from '@mortise/core/shared';
import { postprocessing } from './postprocessing.ts';

export interface SimilarityCutoffOptions {
  /** Nodes with less than this are dropped. */
  cutoff: number;
  /**
   * What is held against it: a measure of `evidence` by its name, or `score`. Default: `similarity`, the cosine of
   * question and node. A score of `FusionRetriever` or `HybridRetriever` is relative: its best is near 1, whatever was
   * asked.
   */
  measure?: 'similarity' | 'coverage' | 'score' | (string & {}) | undefined;
  /**
   * A node that was not measured, such as a neighbour of one that was found: `keep` or `drop`. Default: `drop`. A list
   * in which no node was measured is `configuration`: dropping all of it would look like nothing was found.
   */
  unmeasured?: 'keep' | 'drop' | undefined;
}

/** Drops the nodes that are not near enough. When none is left, a query engine says that it found nothing. */
export class SimilarityCutoff implements NodePostprocessor {
  readonly #options: SimilarityCutoffOptions;

  constructor(given: SimilarityCutoffOptions) {
    const options = checkOptions(given, 'configuration');
    finiteNumber('cutoff', options.cutoff);
    oneOf('unmeasured', options.unmeasured ?? 'drop', ['keep', 'drop']);
    this.#options = options;
  }

  postprocess(
    query: QueryInput,
    given: readonly NodeWithScore[],
    options: CallOptions = {},
  ): Promise<NodeWithScore[]> {
    return postprocessing('similarity-cutoff', query, given, options, async (_call, nodes) =>
      this.#cut(nodes),
    );
  }

  #cut(nodes: readonly NodeWithScore[]): NodeWithScore[] {
    const { cutoff, measure = 'similarity', unmeasured = 'drop' } = this.#options;
    const measured = nodes.map((each) => (measure === 'score' ? each.score : each.evidence?.[measure]));
    if (nodes.length > 0 && measured.every((value) => value === undefined)) throw notMeasured(measure, nodes);
    return nodes
      .filter((_, at) => {
        const value = measured[at];
        return value === undefined ? unmeasured === 'keep' : value >= cutoff;
      })
      .map((each) => ({ ...each }));
  }
}

function notMeasured(measure: string, nodes: readonly NodeWithScore[]): MortiseError {
  const names = new Set(nodes.flatMap(({ evidence = {} }) => Object.keys(evidence)));
  const there = ['score', ...names].join(', ');
  const message = `No node has the measure ${measure} that the cut-off is for. There are: ${there}. Name one of them as measure, or use a retriever that gives ${measure}.`;
  return new MortiseError('configuration', message);
}
