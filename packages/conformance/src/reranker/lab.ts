import type { RankedDocument, Reranker, RerankResult } from '@mortise/core/reranker';
import { defined } from '@mortise/core/shared';
import type { RerankDialect } from '../dialects/contract.ts';
import type { ConformanceCase, CaseContext } from '../frame/case.ts';
import { respondJson } from '../shared/helpers.ts';
import type { Access, Probe, RespondOptions } from '../shared/probe.ts';
import type { Wire, WireHandler } from '../wire.ts';
import type { RerankerSubject } from './subject.ts';

export type RerankerCaseContext = CaseContext<RerankerSubject>;
export type RerankerCase = ConformanceCase<RerankerSubject>;

/** Required by what can only be seen from a server. */
export const SERVER = ['wire:server'];

/** The dialect, in cases that require a server. */
export function dialectOf({ dialect }: RerankerSubject): RerankDialect {
  if (dialect === undefined) throw new Error('This case needs a server, and the reranker has none.');
  return dialect;
}

export const QUERY = 'Who "asks"? 😀';

/** Texts that end in what the lab scores them by. */
export const DOCUMENTS: readonly string[] = ['Grüße 0.25', 'b\n0.875', 'c 0.5'];

/** The score that the lab gives a document. */
export function scoreOf(document: string): number {
  return Number(document.split(/\s/).at(-1));
}

/** The right ranking of these documents. */
export function ranked(documents: readonly string[], topN = documents.length): RankedDocument[] {
  return documents
    .map((document, index) => ({ index, score: scoreOf(document) }))
    .toSorted((a, b) => b.score - a.score)
    .slice(0, topN);
}

/** So many documents, no two of one score, in no order. */
export function manyDocuments(count: number): string[] {
  // 7919 is prime: every place once.
  return Array.from({ length: count }, (_unused, at) => `d${at} ${((at * 7919) % count) / 2 ** 20}`);
}

export interface RespondResultsOptions extends RespondOptions {
  /** Changes the results before they are sent. */
  readonly results?: ((results: readonly RankedDocument[]) => readonly RankedDocument[]) | undefined;
}

/** Answers as the dialect does, with the scores of the lab. */
export function respondWith(subject: RerankerSubject, options: RespondResultsOptions = {}): WireHandler {
  const { results = (right: readonly RankedDocument[]) => right } = options;
  return (request, reply) => {
    const dialect = dialectOf(subject);
    const right = ranked(dialect.documents(request), dialect.topN(request));
    return respondJson(reply, dialect.body(results(right)), options);
  };
}

/** An implementation before a server of its own. */
export async function connect(
  context: RerankerCaseContext,
  handler: WireHandler = context.subject.dialect === undefined
    ? () => undefined
    : respondWith(context.subject),
  { headers, url = (plain) => plain }: Access = {},
): Promise<{ readonly wire: Wire; readonly reranker: Reranker }> {
  const wire = await context.wire(handler);
  const settings = defined({ retry: { baseDelayMs: 20 }, headers });
  return { wire, reranker: context.subject.create({ url: url(wire.url), settings }) };
}

/** What rerankers have in common with the other contracts is tried by this call. */
export const rerankerProbe: Probe<RerankerSubject> = {
  requires: SERVER,
  methods: () => ['rerank'],
  dialect: dialectOf,
  async connect(context, handler, access) {
    const { wire, reranker } = await connect(context, handler, access);
    return { wire, model: reranker, call: (_method, options) => reranker.rerank(QUERY, DOCUMENTS, options) };
  },
  respondWith,
  streams: () => false,
  checkReply: ({ check }, reply, what) =>
    check.equal((reply as RerankResult).results, ranked(DOCUMENTS), `${what}: the results`),
};
