import type { RankReply, RankRequest } from '@mortise/core/reranker';
import { defined, isObject } from '@mortise/core/shared';
import { malformed, throwFailure, withOptions, type About } from '@mortise/core/wire';

type Wire = Record<string, unknown>;

/**
 * The body of `InvokeModel`, which Amazon's and Cohere's models share but for the version that Cohere's want:
 * https://docs.aws.amazon.com/bedrock/latest/userguide/rerank-supported.html
 */
export function toRerankRequest(
  { query, documents, topN, providerOptions }: RankRequest,
  { model }: { readonly model: string },
): Wire {
  const version = /\bamazon\./i.test(model) ? undefined : 2;
  const body = defined({ query, documents, top_n: topN, api_version: version });
  return withOptions(body, providerOptions?.['bedrock']);
}

/** Core checks that it is a ranking of the documents. */
export function fromRerankResponse(body: Wire, about: About): RankReply {
  const { results } = body;
  throwFailure(body, about, !Array.isArray(results));
  if (!Array.isArray(results)) throw malformed('JSON without a list of results', about);
  return {
    results: results.filter(isObject).map(({ index, relevance_score: score }) => ({
      index: index as number,
      score: score as number,
    })),
  };
}
