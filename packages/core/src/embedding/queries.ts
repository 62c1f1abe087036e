import { MortiseError } from '../errors.ts';
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
  queries: readonly EmbeddingInput[],
  { aggregate = meanEmbedding, ...options }: EmbedQueriesOptions<P> = {},
): Promise<Float32Array> {
  if (queries.length === 0)
    throw new MortiseError('invalid-request', 'embedQueries needs at least one query.');
  const { embeddings } = await model.embedTexts(queries, { ...options, kind: 'query' });
  return aggregate(embeddings);
}
