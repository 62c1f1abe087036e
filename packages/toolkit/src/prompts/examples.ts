import { throwIfAborted } from '@mortise/core/call';
import { type EmbeddingModel, similarity, type SimilarityMode } from '@mortise/core/embedding';
import { oneOf, wholeNumber } from '@mortise/core/shared';
import type { TokenCounter } from '@mortise/core/tokenizer';

/** Picks examples for a prompt. */
export interface ExampleSelector<E> {
  select(query: string, options?: { signal?: AbortSignal | undefined }): Promise<readonly E[]>;
}

/** Always the same ones. */
export function fixedExamples<E>(examples: readonly E[]): ExampleSelector<E> {
  const kept = [...examples];
  return {
    async select(_query, options = {}) {
      throwIfAborted(options.signal);
      return kept;
    },
  };
}

/** How examples are compared with the query. */
export interface SimilarExamplesOptions<E> {
  embedding: Pick<EmbeddingModel, 'embedQuery' | 'embedTexts'>;
  /** What of an example is compared with the query. */
  text(example: E): string;
  /** How many at most, from 0. Default: 3. */
  count?: number | undefined;
  /** Default: `cosine`. */
  mode?: SimilarityMode | undefined;
}

/** Those most like the query, the best first. The examples are embedded once, when they are first needed. */
export function similarExamples<E>(
  examples: readonly E[],
  given: SimilarExamplesOptions<E>,
): ExampleSelector<E> {
  const { embedding, count = 3, mode = 'cosine' } = given;
  wholeNumber('count', count, { least: 0 });
  oneOf('mode', mode, ['cosine', 'dot', 'euclidean']);
  const kept = [...examples];
  let vectors: readonly Float32Array[] | undefined;
  return {
    async select(query, options = {}) {
      throwIfAborted(options.signal);
      if (kept.length === 0) return [];
      // Not a shared promise: a call that is aborted must not take another one's vectors along.
      vectors ??= (
        await embedding.embedTexts(
          kept.map((example) => given.text(example)),
          options,
        )
      ).embeddings;
      const asked = await embedding.embedQuery(query, options);
      const scored = vectors.map((vector, at) => ({ at, score: similarity(vector, asked, mode) }));
      return scored
        .sort((a, b) => b.score - a.score || a.at - b.at)
        .slice(0, count)
        .map(({ at }) => kept[at] as E);
    },
  };
}

/** How many tokens the examples may take, and how they are counted. */
export interface BudgetedExamplesOptions<E> {
  /** From 0. */
  maxTokens: number;
  tokenizer: TokenCounter;
  /** An example as it will stand in the prompt. */
  text(example: E): string;
}

/** Of what another selector picks, in its order, whatever still fits. */
export function budgetedExamples<E>(
  selector: ExampleSelector<E>,
  options: BudgetedExamplesOptions<E>,
): ExampleSelector<E> {
  wholeNumber('maxTokens', options.maxTokens, { least: 0 });
  return {
    async select(query, call) {
      let remaining = options.maxTokens;
      return (await selector.select(query, call)).filter((example) => {
        const tokens = options.tokenizer.count(options.text(example));
        if (tokens > remaining) return false;
        remaining -= tokens;
        return true;
      });
    },
  };
}
