import { setImmediate } from 'node:timers/promises';
import { throwIfAborted, type Attempt, type CallSettings } from '@mortise/core/call';
import {
  BaseEmbedding,
  type EmbeddingMetadata,
  type EmbedReply,
  type EmbedRequest,
} from '@mortise/core/embedding';
import { loadModel, MAX_INPUT_TOKENS, prepare } from './model.ts';

export interface EnergeticAIEmbeddingOptions extends CallSettings {
  /** Overrides what is declared of the model. */
  metadata?: Partial<EmbeddingMetadata> | undefined;
}

/** Texts that the event loop waits for: more at once cost the same each, and abort, progress and ctrl-C would stall. */
const MAX_BATCH_SIZE = 4;

/**
 * English embeddings computed in this process: the Universal Sentence Encoder Lite, 512 dimensions, of unit length.
 * The model is loaded at the first call, without the network. A text of 90 words takes about 90 ms: a cache
 * (`withEmbeddingCache`) is worth having.
 */
export class EnergeticAIEmbedding extends BaseEmbedding {
  readonly metadata: EmbeddingMetadata;

  constructor(options: EnergeticAIEmbeddingOptions = {}) {
    // One batch at a time: there is one thread, and a second batch would only hold memory.
    super({ ...options, provider: 'energetic-ai', model: 'universal-sentence-encoder-lite', concurrency: 1 });
    this.metadata = {
      dimensions: 512,
      maxBatchSize: MAX_BATCH_SIZE,
      maxInputTokens: MAX_INPUT_TOKENS,
      asymmetric: false,
      acceptsDimensions: false,
      ...options.metadata,
    };
  }

  async doEmbed(inputs: readonly string[], _request: EmbedRequest, attempt: Attempt): Promise<EmbedReply> {
    const model = await loadModel();
    const prepared = inputs.map((text) => prepare(text, model));
    const truncated = prepared.flatMap(({ cut }, at) => (cut ? [at] : []));
    const texts = prepared.map(({ text }) => text);
    return { embeddings: await inTurn(attempt.signal, () => model.embed(texts)), truncated };
  }
}

let turn: Promise<unknown> = /* @__PURE__ */ Promise.resolve();

/**
 * One batch after another, with the event loop between: the model's own awaits never reach it, so that timers, signals
 * and sockets would wait until all calls are done.
 */
function inTurn<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  const result = turn.then(async () => {
    await setImmediate();
    throwIfAborted(signal);
    return run();
  });
  turn = result.catch(() => undefined);
  return result;
}
