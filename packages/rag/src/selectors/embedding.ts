import { MortiseError } from '@mortise/core';
import { throughDoor, type CallOptions } from '@mortise/core/call';
import { similarity, type EmbeddingModel } from '@mortise/core/embedding';
import { checkOptions, checkTexts, finiteNumber, requireMembers, wholeNumber } from '@mortise/core/shared';
import type { SelectedChoice, Selector } from './contract.ts';

/** The model, and how many choices it may make. */
export interface EmbeddingSelectorOptions {
  embedding: EmbeddingModel;
  /** How many choices at most. Default: 1. */
  max?: number | undefined;
  /** Of further choices: the least cosine, beside which the best is always taken. Default: -1, all up to `max`. */
  minSimilarity?: number | undefined;
}

/** Chooses by the cosine of the query and the descriptions; of equal ones the first. It always finds one. */
export class EmbeddingSelector implements Selector {
  readonly #embedding: EmbeddingModel;
  readonly #max: number;
  readonly #minSimilarity: number;

  constructor(options: EmbeddingSelectorOptions) {
    const { embedding, max = 1, minSimilarity = -1 } = checkOptions(options, 'configuration');
    wholeNumber('max', max);
    finiteNumber('minSimilarity', minSimilarity);
    this.#embedding = requireMembers(embedding, ['embedQuery', 'embedTexts'], 'embedding', 'EmbeddingModel');
    this.#max = max;
    this.#minSimilarity = minSimilarity;
  }

  /** Descriptions are embedded at every call: give the model a cache. */
  select(query: string, choices: readonly string[], options: CallOptions = {}): Promise<SelectedChoice[]> {
    return throughDoor(options, {}, (asked) =>
      this.#select(query, checkTexts('The list of choices', choices), asked),
    );
  }

  async #select(query: string, choices: readonly string[], options: CallOptions): Promise<SelectedChoice[]> {
    if (choices.length === 0) throw new MortiseError('invalid-request', 'There is nothing to choose from.');
    const asked = await this.#embedding.embedQuery(query, options);
    const { embeddings } = await this.#embedding.embedTexts(choices, options);
    return embeddings
      .map((embedding, index) => ({ index, near: similarity(asked, embedding) }))
      .sort((a, b) => b.near - a.near)
      .filter(({ near }, place) => place === 0 || near >= this.#minSimilarity)
      .slice(0, this.#max)
      .map(({ index, near }) => ({ index, reason: `similarity ${near.toFixed(3)}` }));
  }
}
