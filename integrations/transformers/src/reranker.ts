import { MortiseError } from '@mortise/core';
import type { Attempt, ModelSettings } from '@mortise/core/call';
import {
  BaseReranker,
  type RankReply,
  type RankRequest,
  type RerankerMetadata,
} from '@mortise/core/reranker';
import { checkOptions, oneOf, reading, wholeNumber } from '@mortise/core/shared';
import { malformed } from '@mortise/core/wire';
import { checkModel } from './embedding.ts';
import { loadModel, type LocalModel, type TransformersModelOptions } from './model.ts';
import { rowsOf } from './pooling.ts';
import { toBatch } from './tokens.ts';
import { inTurn } from './turns.ts';

/** A local reranker. All but `model` have defaults. */
export interface TransformersRerankerOptions extends ModelSettings, TransformersModelOptions {
  /** `sigmoid` makes scores of 0 to 1; `logit` gives what the model says. The order is the same. Default: `sigmoid`. */
  scores?: 'sigmoid' | 'logit' | undefined;
  /** Documents that the network reads at a time, and that the event loop waits for. Default: 8. */
  batchSize?: number | undefined;
  /** Tokens of the query and a document together. Default: what the model takes. What is beyond is cut, with a warning. */
  maxInputTokens?: number | undefined;
  /** What you know of the model; laid over what this integration declares. */
  metadata?: Partial<RerankerMetadata> | undefined;
}

const DECLARED: RerankerMetadata = { comparableScores: true };

/**
 * A cross-encoder on this machine: a model with ONNX weights that reads the query and a document together and says how well they
 * go together, by one number or by two classes, of which the second means that they do.
 */
export class TransformersReranker extends BaseReranker {
  readonly metadata: RerankerMetadata;
  readonly #options: TransformersRerankerOptions;

  constructor(given: TransformersRerankerOptions) {
    const options = checkOptions(given, 'configuration');
    super({ ...options, provider: 'transformers' });
    const { scores, batchSize, maxInputTokens } = options;
    checkModel(options);
    if (scores !== undefined) oneOf('scores', scores, ['sigmoid', 'logit']);
    if (batchSize !== undefined) wholeNumber('batchSize', batchSize);
    if (maxInputTokens !== undefined) wholeNumber('maxInputTokens', maxInputTokens);
    this.#options = { ...options };
    this.metadata = reading('metadata', () => ({ ...DECLARED, ...options.metadata }), 'configuration');
  }

  async doRerank({ query, documents }: RankRequest, attempt: Attempt): Promise<RankReply> {
    const { scores: kind = 'sigmoid', batchSize = 8 } = this.#options;
    const model = await loadModel('AutoModelForSequenceClassification', this.#options);
    const results: { index: number; score: number }[] = [];
    let [inputTokens, cut] = [0, 0];
    for (let begin = 0; begin < documents.length; begin += batchSize) {
      const some = documents.slice(begin, begin + batchSize);
      const read = await inTurn(attempt.signal, () => this.#read(model, query, some));
      inputTokens += read.tokens;
      cut += read.cut;
      for (const logit of read.logits)
        results.push({ index: results.length, score: kind === 'logit' ? logit : 1 / (1 + Math.exp(-logit)) });
    }
    if (cut > 0) {
      const message = `${cut} of ${documents.length} documents are longer than ${this.model} reads beside the query, and were cut.`;
      attempt.warn({ type: 'other', setting: 'maxInputTokens', message });
    }
    return { results: results.toSorted((a, b) => b.score - a.score), usage: { inputTokens } };
  }

  async #read(
    model: LocalModel,
    query: string,
    pairs: readonly string[],
  ): Promise<{ logits: number[]; tokens: number; cut: number }> {
    const most = this.#options.maxInputTokens;
    const queries = pairs.map(() => query);
    const { inputs, lengths, cut } = toBatch(model, queries, { pairs, most });
    const { logits } = await model.network(inputs);
    if (logits === undefined) throw malformed('no logits, as the model is not a classifier', this);
    return {
      logits: rowsOf(logits).map((row) => this.#logitOf(row)),
      tokens: lengths.reduce((sum, length) => sum + length, 0),
      cut: cut.length,
    };
  }

  /** Of two classes the softmax is the sigmoid of their difference. */
  #logitOf(row: Float32Array): number {
    const [first = Number.NaN, second] = row;
    if (row.length <= 2) return second === undefined ? first : second - first;
    const { provider, model } = this;
    const message = `${model} tells ${row.length} classes apart, and a reranker has one or two. Take a cross-encoder.`;
    throw new MortiseError('unsupported', message, { provider, model });
  }
}
