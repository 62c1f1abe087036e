import type { Attempt } from '@mortise/core/call';
import {
  BaseEmbedding,
  type BaseEmbeddingOptions,
  type EmbeddingMetadata,
  type EmbedReply,
  type EmbedRequest,
} from '@mortise/core/embedding';
import { defined, isObject } from '@mortise/core/shared';
import { float32FromBase64, malformed, readJsonVectors, withOptions, type About } from '@mortise/core/wire';
import { Connection, type FrozenConnectionOptions } from './client.ts';

export interface FrozenV2EmbeddingOptions
  extends Omit<BaseEmbeddingOptions, 'provider'>, FrozenConnectionOptions {}

/** An embedding model of Frozen's second API: vectors of any length, as bytes. */
export class FrozenV2Embedding extends BaseEmbedding {
  readonly metadata: EmbeddingMetadata = { maxBatchSize: 16, asymmetric: false, acceptsDimensions: true };
  readonly #connection: Connection;

  constructor(options: FrozenV2EmbeddingOptions) {
    super({ ...options, provider: 'frozen' });
    this.#connection = new Connection(options);
  }

  async doEmbed(inputs: readonly string[], request: EmbedRequest, attempt: Attempt): Promise<EmbedReply> {
    const { dimensions, providerOptions } = request;
    const own = defined({ model: this.model, inputs, dimensions, encoding: 'base64' });
    const body = withOptions(own, providerOptions?.[this.provider]);
    const response = await this.#connection.send('/v2/embed', body, attempt, this);
    const about = this.#connection.about(this);
    return fromReply(await readJsonVectors(response, attempt, about, 'bytes'), about);
  }
}

function fromReply({ rows, tokens }: Record<string, unknown>, about: About): EmbedReply {
  if (!Array.isArray(rows)) throw malformed('JSON without rows', about);
  return {
    embeddings: rows.map((row) => toVector(isObject(row) ? row['bytes'] : undefined, about)),
    usage: defined({ inputTokens: typeof tokens === 'number' ? tokens : undefined }),
  };
}

/** Short ones are text still. Of anything else core looks at every number. */
function toVector(bytes: unknown, about: About): Float32Array {
  return typeof bytes === 'string' ? float32FromBase64(bytes, about) : (bytes as Float32Array);
}
