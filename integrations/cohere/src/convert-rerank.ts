import type { RankReply, RankRequest } from '@mortise/core/reranker';
import { malformed, throwFailure, withOptions } from '@mortise/core/wire';
import { countOf, objectOf, objectsOf, type WireAbout, type WireBody } from './convert.ts';

/** The body of `POST /v2/rerank`. */
export function toRerankRequest(request: RankRequest, about: WireAbout): WireBody {
  const { query, documents, topN, providerOptions } = request;
  return withOptions({ model: about.model, query, documents, top_n: topN }, providerOptions?.['cohere']);
}

/** Core checks that it is a ranking of the documents. */
export function fromRerankResponse(body: WireBody, about: WireAbout): RankReply {
  const { results, meta } = body;
  if (!Array.isArray(results)) {
    throwFailure(body, about, true);
    throw malformed('JSON without a list of results', about);
  }
  const { billed_units: billed, tokens } = objectOf(meta);
  return {
    results: objectsOf(results).map(({ index, relevance_score: score }) => ({
      index: index as number,
      score: score as number,
    })),
    usage: {
      inputTokens: countOf(objectOf(tokens)['input_tokens']),
      searchUnits: countOf(objectOf(billed)['search_units']),
    },
  };
}
