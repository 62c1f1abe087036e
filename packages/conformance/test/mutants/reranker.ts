import type { RerankerTarget } from '@mortise/conformance';
import type {
  RankReply,
  RankRequest,
  Reranker,
  RerankerMetadata,
  RerankOptions,
  RerankResult,
} from '@mortise/core/reranker';
import { ReferenceReranker, type Raw } from '../reference/vectors.ts';
import { brokenClients } from './shared.ts';

export interface RerankerMutant {
  readonly fault: string;
  readonly caughtBy: string;
  create(target: RerankerTarget): Reranker;
}

type Results = RankReply['results'];

function mutant(
  fault: string,
  caughtBy: string,
  Adapter: new (target: RerankerTarget) => Reranker,
): RerankerMutant {
  return { fault, caughtBy, create: (target) => new Adapter(target) };
}

const asking = (change: (body: Raw, request: RankRequest) => Raw) =>
  class extends ReferenceReranker {
    override body(request: RankRequest): Raw {
      return change(super.body(request), request);
    }
  };

/** What was wrong with the reply is mended in silence. */
const mending = (mend: (results: Results, request: RankRequest) => Results) =>
  class extends ReferenceReranker {
    override async doRerank(
      ...[request, attempt]: Parameters<ReferenceReranker['doRerank']>
    ): Promise<RankReply> {
      const reply = await super.doRerank(request, attempt);
      return { ...reply, results: mend(reply.results, request) };
    }
  };

type Rerank = (query: string, documents: readonly string[], options: RerankOptions) => Promise<RerankResult>;

const calling = (change: (rerank: Rerank, ...call: Parameters<Rerank>) => Promise<RerankResult>) =>
  class extends ReferenceReranker {
    override rerank(
      query: string,
      documents: readonly string[],
      options: RerankOptions = {},
    ): Promise<RerankResult> {
      const rerank: Rerank = (q, d, o) => super.rerank(q, d, o);
      return change(rerank, query, documents, options);
    }
  };

const clean = (keep: (index: number, count: number) => boolean, fix: (index: number) => number) =>
  mending((results, { documents }) =>
    results.map((each) => (keep(each.index, documents.length) ? each : { ...each, index: fix(each.index) })),
  );

const own: readonly RerankerMutant[] = [
  mutant(
    'declares what it does not do',
    'metadata.declared',
    class extends ReferenceReranker {
      override readonly metadata: RerankerMetadata = { maxDocuments: 9, comparableScores: false };
    },
  ),
  mutant(
    'takes the nearest count for what is none',
    'rank.usage.no-count',
    class extends ReferenceReranker {
      override reply(raw: Raw): RankReply {
        const { usage, ...right } = super.reply(raw);
        return { ...right, usage: { inputTokens: Math.max(0, Math.round(usage?.inputTokens ?? 0)) } };
      }
    },
  ),
  mutant(
    'sorts the documents',
    'rank.sent',
    asking((body, { documents }) => ({ ...body, documents: documents.toReversed() })),
  ),
  mutant(
    'asks whatever model is usual',
    'rank.model',
    asking(({ model: _model, ...body }) => body),
  ),
  mutant(
    'keeps what the server warns of to itself',
    'rank.warned',
    class extends ReferenceReranker {
      override warn(): void {}
    },
  ),
  mutant(
    'counts the places of each part from 0',
    'split.merged',
    calling(async (rerank, query, documents, options) => {
      const parts = [documents.slice(0, 4), documents.slice(4)];
      const replies = await Promise.all(parts.map((part) => rerank(query, part, options)));
      const results = replies.flatMap((reply) => reply.results).toSorted((a, b) => b.score - a.score);
      return { ...replies[0]!, results: results.slice(0, options.topN) };
    }),
  ),
  mutant(
    'places parts in the order of their replies',
    'split.merged',
    calling(async (rerank, query, documents, options) => {
      let offset = 0;
      const parts = [documents.slice(0, 4), documents.slice(4, 8), documents.slice(8)];
      const replies = await Promise.all(
        parts.map(async (part) => {
          const { results } = await rerank(query, part, { ...options, topN: part.length });
          const begin = offset;
          offset += part.length;
          return results.map(({ index, score }) => ({ index: index + begin, score }));
        }),
      );
      const results = replies.flat().toSorted((a, b) => b.score - a.score);
      return { results: results.slice(0, options.topN), usage: {}, warnings: [] };
    }),
  ),
  mutant(
    'leaves options of its own out',
    'rank.options',
    asking(({ hologram: _own, ...body }) => body),
  ),
  mutant(
    'counts places anew after a few documents',
    'rank.many',
    mending((results) => results.map((each) => ({ ...each, index: each.index % 3 }))),
  ),
  mutant(
    'gives ranks for scores',
    'rank.results',
    mending((results) => results.map((each, at) => ({ ...each, score: 1 / (1 + at) }))),
  ),
  mutant(
    'weighs a document by those beside it',
    'rank.alone',
    mending((results) => results.map((each) => ({ ...each, score: each.score / results.length }))),
  ),
  mutant(
    'takes the first documents for the best',
    'rank.top-n.best',
    calling((rerank, query, documents, { topN, ...options }) =>
      rerank(query, documents.slice(0, topN), options),
    ),
  ),
  mutant(
    'ignores topN',
    'rank.top-n',
    calling((rerank, query, documents, { topN: _own, ...options }) => rerank(query, documents, options)),
  ),
  mutant(
    'takes a topN that is none for all',
    'rank.top-n.refused',
    calling((rerank, query, documents, { topN, ...options }) =>
      rerank(query, documents, {
        ...options,
        ...(topN !== undefined && topN >= 1 ? { topN: Math.floor(topN) } : {}),
      }),
    ),
  ),
  mutant(
    'leaves out scores of 0',
    'rank.ties',
    mending((results) => results.filter(({ score }) => score !== 0)),
  ),
  mutant(
    'takes a place beyond for the last',
    'rank.beyond',
    clean(
      (index, count) => index < count,
      () => 1,
    ),
  ),
  mutant(
    'counts negative places from the end',
    'rank.negative',
    clean(
      (index) => index >= 0,
      () => 1,
    ),
  ),
  mutant(
    'rounds places',
    'rank.fraction',
    clean(
      (index) => Number.isInteger(index),
      () => 1,
    ),
  ),
  mutant(
    'shows one document for two',
    'rank.twice',
    mending((results) =>
      results.filter(({ index }, at) => results.findIndex((each) => each.index === index) === at),
    ),
  ),
  mutant(
    'sorts what was not sorted',
    'rank.order',
    mending((results) => [...results].sort((a, b) => b.score - a.score)),
  ),
  mutant(
    'makes 0 of no score',
    'rank.nan',
    mending((results) => results.map(({ index, score }) => ({ index, score: score ?? 0 }))),
  ),
  mutant(
    'fills up what is missing',
    'rank.short',
    mending((results, { documents }) => [
      ...results,
      ...[...documents.keys()]
        .filter((at) => !results.some(({ index }) => index === at))
        .map((index) => ({ index, score: -9 })),
    ]),
  ),
  mutant(
    'sorts the documents of its caller',
    'rank.not-mutated',
    calling((rerank, query, documents, options) => {
      (documents as string[]).sort();
      return rerank(query, documents, options);
    }),
  ),
  mutant(
    'asks for no documents',
    'rank.empty',
    calling((rerank, query, documents, options) =>
      rerank(query, documents.length === 0 ? ['0'] : documents, options),
    ),
  ),
  mutant(
    'ranks the first part only',
    'split.merged',
    calling((rerank, query, documents, options) => rerank(query, documents.slice(0, 4), options)),
  ),
  mutant(
    'lets siblings of a failure go on',
    'split.siblings',
    calling(async (rerank, query, documents, options) => {
      const parts = [documents.slice(0, 4), documents.slice(4, 8)];
      const [first] = await Promise.all(parts.map((part) => rerank(query, part, options)));
      return first!;
    }),
  ),
  mutant(
    'sends before it looks at the signal',
    'abort.before',
    calling(async (rerank, query, documents, { signal, ...options }) => {
      const result = await rerank(query, documents, options);
      signal?.throwIfAborted();
      return result;
    }),
  ),
  mutant(
    'bounds no body',
    'time.stalled-body',
    calling((rerank, query, documents, { timeoutMs: _timeout, deadlineMs: _deadline, ...options }) =>
      rerank(query, documents, options),
    ),
  ),
  mutant(
    'sleeps through an abort',
    'abort.retry',
    calling((rerank, query, documents, { signal: _signal, ...options }) => rerank(query, documents, options)),
  ),
  mutant(
    'leaves a listener on the signal',
    'abort.listeners',
    calling((rerank, query, documents, options) => {
      options.signal?.addEventListener('abort', () => undefined);
      return rerank(query, documents, options);
    }),
  ),
  mutant(
    'shows its key',
    'secrets.instance',
    class extends ReferenceReranker {
      readonly apiKey = 'key-of-the-reference';
    },
  ),
];

/** Broken rerankers, each with the case that must catch it. */
export const rerankerMutants: readonly RerankerMutant[] = [
  ...own,
  ...brokenClients.map(([fault, caughtBy, Client]) => ({
    fault,
    caughtBy,
    create: (target: RerankerTarget) => new ReferenceReranker(target, Client),
  })),
];
