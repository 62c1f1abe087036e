import { answeredCases, type Answering } from '../shared/answered-cases.ts';
import { DOCUMENTS, QUERY, respondWith, type RerankerCase, type RerankerCaseContext } from './lab.ts';

/** C-16: of a ranking, and of one of no documents, for which nothing is sent. */
export const answeredByCases: readonly RerankerCase[] = answeredCases({
  requires: [],
  async connect(context: RerankerCaseContext, name): Promise<Answering> {
    const wire = await context.wire(respondWith(context.subject));
    const settings = { retry: { baseDelayMs: 20 }, name };
    const reranker = context.subject.create({ url: wire.url, settings });
    return {
      provider: reranker.provider,
      responses: async () => [
        ['rerank', await reranker.rerank(QUERY, DOCUMENTS)],
        ['rerank of no documents', await reranker.rerank(QUERY, [])],
      ],
    };
  },
});
