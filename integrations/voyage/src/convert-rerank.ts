import type { RankReply, RankRequest } from '@mortise/core/reranker';
import { isObject } from '@mortise/core/shared';
import { malformed, throwFailure, withOptions } from '@mortise/core/wire';
import { tokensOf, type WireAbout, type WireBody } from './convert.ts';

/** The body of `POST /rerank`. */
export function toRerankRequest(
  { query, documents, topN, providerOptions }: RankRequest,
  truncation: boolean,
  { model }: WireAbout,
): WireBody {
  return withOptions({ model, query, documents, top_k: topN, truncation }, providerOptions?.['voyage']);
}

/** Core checks that it is a ranking of the documents. */
export function fromRerankResponse(body: WireBody, about: WireAbout): RankReply {
  const { data } = body;
  if (!Array.isArray(data) || !data.every(isObject)) {
    throwFailure(body, about, true);
    throw malformed('JSON without a list of results', about);
  }
  return {
    results: data.map(({ index, relevance_score: score }) => ({
      index: index as number,
      score: score as number,
    })),
    usage: { inputTokens: tokensOf(body) },
  };
}
