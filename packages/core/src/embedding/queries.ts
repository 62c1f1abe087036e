import { MortiseError } from '../errors.ts';
import { typed } from '../call/call.ts';
import { checkOptions, reading } from '../shared/options.ts';
import type { ProviderOptions } from '../call/contract.ts';
import type { EmbeddingInput, EmbeddingModel, EmbedManyOptions } from './contract.ts';
import { meanEmbedding } from '../vectors/similarity.ts';

export interface EmbedQueriesOptions<P extends ProviderOptions = ProviderOptions> extends Omit<
  EmbedManyOptions<P>,
  'kind'
> {
  /** One vector of several, in the order of the queries. Default: {@link meanEmbedding}. */
  aggregate?: ((embeddings: readonly Float32Array[]) => Float32Array) | undefined;
}

/** One vector for several wordings of a question. No queries are `invalid-request`. */
export async function embedQueries<P extends ProviderOptions>(
  model: EmbeddingModel<P>,
  given: readonly EmbeddingInput[],
  settings: EmbedQueriesOptions<P> = {},
): Promise<Float32Array> {
  const { aggregate = meanEmbedding, ...options } = checkOptions(settings);
  const queries = reading('queries', () => [...given]);
  if (queries.length === 0)
    throw new MortiseError('invalid-request', 'embedQueries needs at least one query.');
  try {
    const { embeddings } = await model.embedTexts(queries, { ...options, kind: 'query' });
    // A promise of a vector is none: what it is rejected with has to come out here.
    const vector: unknown = await Promise.resolve(aggregate(embeddings));
    return vector as Float32Array;
  } catch (error) {
    throw typed(error, options.signal);
  }
}
