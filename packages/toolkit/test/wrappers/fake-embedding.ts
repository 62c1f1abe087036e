import {
  BaseEmbedding,
  type BaseEmbeddingOptions,
  type EmbeddingMetadata,
  type EmbedReply,
  type EmbedRequest,
} from '@mortise/core/embedding';
import { sha256Hex } from '@mortise/core/shared';
import type { Attempt } from '@mortise/core/call';
import type { KeyValueStore } from '@mortise/core/store';
import { withEmbeddingCache } from '@mortise/toolkit/wrappers';

export const DIMENSIONS = 4;

/** A vector that only this text, kind and length have. */
export function vectorOf(text: string, kind = 'document', dimensions = DIMENSIONS): number[] {
  const hash = sha256Hex(`${kind}:${text}`);
  return Array.from({ length: dimensions }, (_, at) =>
    Math.fround(parseInt(hash.slice(at * 3, at * 3 + 3), 16) / 4096),
  );
}

export type Embed = (
  inputs: readonly string[],
  request: EmbedRequest,
  attempt: Attempt,
) => Promise<EmbedReply>;

export const replyTo = (inputs: readonly string[], request: EmbedRequest): EmbedReply => ({
  embeddings: inputs.map((text) => vectorOf(text, request.kind, request.dimensions)),
  usage: { inputTokens: inputs.length },
});

export interface FakeOptions extends Partial<BaseEmbeddingOptions> {
  metadata?: Partial<EmbeddingMetadata>;
  embed?: Embed;
}

/** A provider that answers as told, and remembers what it was asked. */
export class FakeEmbedding extends BaseEmbedding {
  readonly metadata: EmbeddingMetadata;
  readonly requests: (readonly string[])[] = [];
  readonly #embed: Embed;
  running = 0;
  peak = 0;

  constructor({ metadata, embed, ...options }: FakeOptions = {}) {
    super({ provider: 'acme', model: 'fake', retry: false, ...options });
    this.metadata = { maxBatchSize: 3, asymmetric: true, ...metadata };
    this.#embed = embed ?? (async (inputs, request) => replyTo(inputs, request));
  }

  async doEmbed(inputs: readonly string[], request: EmbedRequest, attempt: Attempt): Promise<EmbedReply> {
    this.requests.push(inputs);
    this.peak = Math.max(this.peak, ++this.running);
    try {
      return await this.#embed(inputs, request, attempt);
    } finally {
      this.running--;
    }
  }
}

/** The same behind a cache, where there is one. */
export function fake({ cache, ...options }: FakeOptions & { cache?: KeyValueStore } = {}): FakeEmbedding {
  const model = new FakeEmbedding(options);
  return cache === undefined ? model : withEmbeddingCache(model, cache);
}

export const hangs = (): Promise<never> => new Promise<never>(() => undefined);

export async function settle(ms = 0): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  // A failed call ends two turns later, when its connection is closed.
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
}

export const numbers = (vectors: Iterable<Float32Array | undefined>): number[][] =>
  Array.from(vectors, (vector) => [...(vector ?? [])]);
