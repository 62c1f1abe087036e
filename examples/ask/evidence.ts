import type { NodePostprocessor } from '@mortise/core/postprocessor';
import { nodeText, toQuery, type NodeWithScore, type QueryInput } from '@mortise/core/retriever';
import { termsOf } from './terms.ts';

export interface EvidenceCutoffOptions {
  /** Sources that are left at most. */
  topK: number;
  /** Overrides single thresholds. Default: `THRESHOLDS`. */
  thresholds?: Partial<typeof THRESHOLDS> | undefined;
}

/** How they were found stands in evaluation/README.md. */
export const THRESHOLDS = {
  /**
   * Of the weight of the question's terms, the part that the best source must hold. Half: a source that lacks the
   * greater part of what was asked about is about something else.
   */
  coverage: 0.5,
  /** Or the cosine of question and source, for a question that says the same in other words. */
  similarity: 0.8,
  /** A further source must have this part of the best one's coverage. */
  shareOfBest: 0.5,
};

/**
 * Leaves only sources that bear on the question, and none when none does: the query engine then says that the answer is
 * not in the documents, without asking a model. Scores cannot tell, since fusion makes the best of any list a 1; the
 * absolute evidence can that retrieval keeps besides.
 *
 * Where sources hold a name that the question gives ("the default timeout of Cohere"), those that do not are left out:
 * the same thing about something else is no answer.
 */
export class EvidenceCutoff implements NodePostprocessor {
  readonly #topK: number;
  readonly #thresholds: typeof THRESHOLDS;

  constructor(options: EvidenceCutoffOptions) {
    this.#topK = options.topK;
    this.#thresholds = { ...THRESHOLDS, ...options.thresholds };
  }

  postprocess(query: QueryInput, nodes: readonly NodeWithScore[]): Promise<NodeWithScore[]> {
    const candidates = withMostNames(namesIn(toQuery(query).query), nodes).slice(0, this.#topK);
    const { coverage, similarity, shareOfBest } = this.#thresholds;
    const best = candidates.reduce((most, node) => Math.max(most, coverageOf(node)), 0);
    const isNear = candidates.some(({ evidence }) => (evidence?.similarity ?? 0) >= similarity);
    if (best < coverage && !isNear) return Promise.resolve([]);
    const kept = candidates.filter((node) => {
      return coverageOf(node) >= best * shareOfBest || (node.evidence?.similarity ?? 0) >= similarity;
    });
    return Promise.resolve(kept);
  }
}

function coverageOf({ evidence }: NodeWithScore): number {
  return evidence?.coverage ?? 0;
}

/** The nodes that hold as many of the names as any; all of them when none holds a name. */
function withMostNames(names: ReadonlySet<string>, nodes: readonly NodeWithScore[]): NodeWithScore[] {
  if (names.size === 0) return [...nodes];
  const counts = nodes.map(({ node }) => {
    const terms = termsOf(nodeText(node, 'embed'));
    return [...names].filter((name) => terms.has(name)).length;
  });
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  return nodes.filter((_, at) => counts[at] === most);
}

/**
 * The terms of the words that are written as names: a capital letter after the first, or at the beginning in the middle
 * of a sentence. A question that capitalises every word names nothing.
 */
export function namesIn(question: string): Set<string> {
  const words = question.match(/[\p{Letter}\p{Number}]+/gu) ?? [];
  const isName = words.map((word, at) => /^.+\p{Lu}/u.test(word) || (at > 0 && /^\p{Lu}/u.test(word)));
  if (isName.filter(Boolean).length > words.length / 2) return new Set();
  return termsOf(words.filter((_, at) => isName[at]).join(' '));
}
